// Adds who follows whom, the earliest time kept
// :param rows => [{follower: '42', followee: '7', at: null}]
UNWIND $rows AS row
MATCH (follower:User {id: row.follower})
MATCH (followee:User {id: row.followee})
MERGE (follower)-[follows:FOLLOWS]->(followee)
SET follows.since = CASE WHEN row.at < follows.since OR follows.since IS NULL THEN row.at ELSE follows.since END
