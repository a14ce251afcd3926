// Deletes all nodes and relationships, 500 nodes in a transaction; the schema and its version stay
MATCH (node)
WHERE NOT node:Schema
CALL (node) {
  DETACH DELETE node
} IN TRANSACTIONS OF 500 ROWS
