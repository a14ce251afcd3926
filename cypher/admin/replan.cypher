// Has the statistics of the indexes taken anew and statements planned by them: while the server still takes an index that
// was filled just now for empty, its plans read all of it where they look one node up
CALL db.prepareForReplanning(60)
