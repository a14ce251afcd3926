// Removes the candidates that version 3 of the schema stored for each person, some hundreds at a time
MATCH (list:Candidates)
CALL (list) {
  DETACH DELETE list
} IN TRANSACTIONS OF 500 ROWS
