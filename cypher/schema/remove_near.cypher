// Removes the ties of taste and of affinity that version 3 of the schema stored, the people of a page at a time
MATCH (user:User)
CALL (user) {
  MATCH (user)-[near:SIMILAR_TASTE|AFFINITY]->()
  DELETE near
} IN TRANSACTIONS OF 50 ROWS
