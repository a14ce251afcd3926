// Records the progress of a file's lane, in the transaction that wrote its rows; returns the record
// :param import => 'sample'
// :param file => 'likes.csv'
// :param lane => 0
// :param progress => head([{batches: 1, rows: 10, created: 10, updated: 0, rejected: 0, at: timestamp()}])
MERGE (progress:ImportProgress {import: $import, file: $file, lane: $lane})
// A retried transaction whose answer was lost must not count its own rows as existing ones
SET progress += CASE WHEN progress.batches >= $progress.batches THEN {} ELSE $progress END
RETURN progress.rows AS rows, progress.created AS created, progress.updated AS updated, progress.rejected AS rejected
