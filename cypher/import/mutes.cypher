// Adds which people and hashtags a person muted, the earliest time kept; returns the lines that name unknown people
// :param rows => [{line: 2, user: '42', mutedUser: '7', hashtag: null, display: null, at: null}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
OPTIONAL MATCH (other:User {id: row.mutedUser})
WITH row, user, other, CASE
    WHEN user IS NULL THEN 'no user ' + row.user
    WHEN row.mutedUser IS NOT NULL AND other IS NULL THEN 'no user ' + row.mutedUser
  END AS problem
CALL (row, user, other, problem) {
  WITH row, user, other WHERE problem IS NULL AND other IS NOT NULL
  MERGE (user)-[muted:MUTED]->(other)
  SET muted.at = CASE WHEN row.at < muted.at OR muted.at IS NULL THEN row.at ELSE muted.at END
}
CALL (row, user, problem) {
  WITH row, user WHERE problem IS NULL AND row.hashtag IS NOT NULL
  MERGE (hashtag:Hashtag {name: row.hashtag})
    ON CREATE SET hashtag.display = row.display
  MERGE (user)-[muted:MUTED]->(hashtag)
  SET muted.at = CASE WHEN row.at < muted.at OR muted.at IS NULL THEN row.at ELSE muted.at END
}
WITH row, problem WHERE problem IS NOT NULL
RETURN row.line AS line, problem
