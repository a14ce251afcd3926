// Notes how far an import has come with a lane of a file, in the transaction that wrote the rows; returns what is noted
// :param import => 'sample'
// :param file => 'likes.csv'
// :param lane => 0
// :param progress => head([{batches: 1, rows: 10, created: 10, updated: 0, rejected: 0, at: timestamp()}])
MERGE (progress:ImportProgress {import: $import, file: $file, lane: $lane})
// A transaction that was tried again, for the answer to it got lost, must not count its rows as what was there already
SET progress += CASE WHEN progress.batches >= $progress.batches THEN {} ELSE $progress END
RETURN progress.rows AS rows, progress.created AS created, progress.updated AS updated, progress.rejected AS rejected
