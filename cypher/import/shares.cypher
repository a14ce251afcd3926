// Adds shares, keeping the earliest time, and marks the people to renew
// :param rows => [{user: '42', post: '1', at: null}]
// :param recordedAt => timestamp()
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
MERGE (user)-[shared:SHARED]->(post)
  ON CREATE SET shared.at = row.at,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, shared, coalesce(row.at < shared.at, row.at IS NOT NULL AND shared.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET shared.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
