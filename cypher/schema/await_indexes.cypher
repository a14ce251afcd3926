// Waits until every index is filled, for a minute at most
CALL db.awaitIndexes(60)
