// Deletes every node and relationship, some hundreds at a time; the schema and the note of its version stay
MATCH (node)
WHERE NOT node:Schema
CALL (node) {
  DETACH DELETE node
} IN TRANSACTIONS OF 500 ROWS
