// Deletes the ties to rising posts that version 4 of the schema stored, which lists of what trends replace
MATCH (build:Build)
CALL (build) {
  MATCH (build)-[old:RISING]->()
  DELETE old
} IN TRANSACTIONS OF 50 ROWS
