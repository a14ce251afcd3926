// How far an import has come: for each lane of a file, or a whole file, what came of the rows so far
// :param import => 'sample'
MATCH (progress:ImportProgress {import: $import})
RETURN progress.file AS file, progress.lane AS lane, progress.batches AS batches,
       progress.rows AS rows, progress.created AS created, progress.updated AS updated, progress.rejected AS rejected
ORDER BY file, lane
