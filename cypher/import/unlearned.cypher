// Adds posts and people that are not to be learned from, keeping the earliest time, and marks the people to renew
// :param rows => [{user: '42', post: '1', person: null, at: null}]
// :param recordedAt => timestamp()
UNWIND $rows AS row
MATCH (user:User {id: row.user})
CALL (row) {
  WITH row WHERE row.person IS NOT NULL
  MATCH (one:User {id: row.person})
  RETURN one
UNION
  WITH row WHERE row.post IS NOT NULL
  MATCH (one:Post {id: row.post})
  RETURN one
}
MERGE (user)-[unlearned:UNLEARNED]->(one)
  ON CREATE SET unlearned.at = row.at,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, unlearned, coalesce(row.at < unlearned.at, row.at IS NOT NULL AND unlearned.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET unlearned.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
