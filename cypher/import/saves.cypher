// Adds saves, keeping the earliest time, and marks the people to renew
// :param rows => [{user: '42', post: '1', at: null}]
// :param recordedAt => timestamp()
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
MERGE (user)-[saved:SAVED]->(post)
  ON CREATE SET saved.at = row.at,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, saved, coalesce(row.at < saved.at, row.at IS NOT NULL AND saved.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET saved.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
