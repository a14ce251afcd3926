// Adds muted people and hashtags, keeping the earliest time
// :param rows => [{user: '42', mutedUser: '7', hashtag: null, display: null, at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
CALL (row) {
  WITH row WHERE row.mutedUser IS NOT NULL
  MATCH (muted:User {id: row.mutedUser})
  RETURN muted
UNION
  WITH row WHERE row.hashtag IS NOT NULL
  MERGE (muted:Hashtag {name: row.hashtag})
    ON CREATE SET muted.display = row.display
  RETURN muted
}
MERGE (user)-[mutes:MUTED]->(muted)
  ON CREATE SET mutes.at = row.at
WITH row, mutes, coalesce(row.at < mutes.at, row.at IS NOT NULL AND mutes.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET mutes.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
