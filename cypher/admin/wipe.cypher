// Deletes every node and relationship, some thousands at a time; the schema and the note of its version stay
MATCH (node)
WHERE NOT node:Schema
CALL (node) {
  DETACH DELETE node
} IN TRANSACTIONS OF 5000 ROWS
