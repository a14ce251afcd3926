// Adds the hashtags that people picked, the earliest time kept
// :param rows => [{user: '42', hashtag: 'sunset', display: 'Sunset', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MERGE (hashtag:Hashtag {name: row.hashtag})
  ON CREATE SET hashtag.display = row.display
MERGE (user)-[picked:INTERESTED_IN]->(hashtag)
SET picked.at = CASE WHEN row.at < picked.at OR picked.at IS NULL THEN row.at ELSE picked.at END
