// Adds picked hashtags, keeping the earliest time
// :param rows => [{user: '42', hashtag: 'sunset', display: 'Sunset', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MERGE (hashtag:Hashtag {name: row.hashtag})
  ON CREATE SET hashtag.display = row.display
MERGE (user)-[picked:INTERESTED_IN]->(hashtag)
  ON CREATE SET picked.at = row.at
WITH row, picked, coalesce(row.at < picked.at, row.at IS NOT NULL AND picked.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET picked.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
