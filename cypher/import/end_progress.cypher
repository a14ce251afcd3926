// Deletes the notes of an import that is finished, and of others that nobody has taken up for a month
// :param import => 'sample'
// :param now => timestamp()
MATCH (progress:ImportProgress)
WHERE progress.import = $import OR progress.at < $now - 30 * 86400000
DELETE progress
