// Adds who follows whom, the earliest time kept
// :param rows => [{follower: '42', followee: '7', at: null}]
UNWIND $rows AS row
MATCH (follower:User {id: row.follower})
MATCH (followee:User {id: row.followee})
MERGE (follower)-[follows:FOLLOWS]->(followee)
  ON CREATE SET follows.since = row.at
WITH row, follows, coalesce(row.at < follows.since, row.at IS NOT NULL AND follows.since IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET follows.since = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
