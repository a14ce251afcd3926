// Deletes the candidates that version 3 of the schema stored for each person, 500 in a transaction
MATCH (list:Candidates)
CALL (list) {
  DETACH DELETE list
} IN TRANSACTIONS OF 500 ROWS
