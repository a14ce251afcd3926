// Waits until every index is filled, for an hour at most
CALL db.awaitIndexes(3600)
