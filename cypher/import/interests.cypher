// Adds the hashtags that people picked, the earliest time kept; returns the lines that name unknown people
// :param rows => [{line: 2, user: '42', hashtag: 'sunset', display: 'Sunset', at: null}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
CALL (row, user) {
  WITH row, user WHERE user IS NOT NULL
  MERGE (hashtag:Hashtag {name: row.hashtag})
    ON CREATE SET hashtag.display = row.display
  MERGE (user)-[picked:INTERESTED_IN]->(hashtag)
  SET picked.at = CASE WHEN row.at < picked.at OR picked.at IS NULL THEN row.at ELSE picked.at END
}
WITH row WHERE user IS NULL
RETURN row.line AS line, 'no user ' + row.user AS problem
