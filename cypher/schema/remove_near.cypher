// Deletes the ties of taste and affinity that version 3 of the schema stored, of 50 people in a transaction
MATCH (user:User)
CALL (user) {
  MATCH (user)-[near:SIMILAR_TASTE|AFFINITY]->()
  DELETE near
} IN TRANSACTIONS OF 50 ROWS
