// Adds follows, keeping the earliest time, and marks the people whose affinity is due
// :param rows => [{follower: '42', followee: '7', at: null}]
// :param recordedAt => timestamp()
UNWIND $rows AS row
MATCH (follower:User {id: row.follower})
MATCH (followee:User {id: row.followee})
MERGE (follower)-[follows:FOLLOWS]->(followee)
  ON CREATE SET follows.since = row.at,
    // fragment: affinity_due (me=follower)
    follower.affinityAt = CASE WHEN coalesce(follower.notProfiled <> false, false) THEN null WHEN follower.affinityAt > $recordedAt THEN follower.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, follows, coalesce(row.at < follows.since, row.at IS NOT NULL AND follows.since IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET follows.since = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
