// Adds resets of what is learned from people, one for each time, and marks the people to renew
// :param rows => [{user: '42', at: 1}]
// :param recordedAt => timestamp()
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MERGE (user)-[reset:RESET {at: row.at}]->(user)
  ON CREATE SET reset.recordedAt = $recordedAt,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
RETURN count(*) AS rows, 0 AS updated
