// The progress of an import: the counts so far by file and lane
// :param import => 'sample'
MATCH (progress:ImportProgress {import: $import})
RETURN progress.file AS file, progress.lane AS lane, progress.batches AS batches,
       progress.rows AS rows, progress.created AS created, progress.updated AS updated, progress.rejected AS rejected
ORDER BY file, lane
