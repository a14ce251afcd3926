// Adds blocks, keeping the earliest time, and marks the people whose affinity is due
// :param rows => [{user: '42', blocked: '7', at: null}]
// :param recordedAt => timestamp()
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (other:User {id: row.blocked})
MERGE (user)-[blocked:BLOCKED]->(other)
  ON CREATE SET blocked.at = row.at,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, blocked, coalesce(row.at < blocked.at, row.at IS NOT NULL AND blocked.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET blocked.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
