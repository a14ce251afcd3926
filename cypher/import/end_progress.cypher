// Deletes the progress of a finished import, and of imports that were not resumed for a month
// :param import => 'sample'
// :param now => timestamp()
MATCH (progress:ImportProgress)
WHERE progress.import = $import OR progress.at < $now - 30 * 86400000
DELETE progress
