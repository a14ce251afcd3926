// Takes new statistics of the indexes and plans by them: as long as the server takes a freshly filled index for empty,
// its plans read the whole index to find one node
CALL db.prepareForReplanning(60)
