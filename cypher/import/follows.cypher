// Adds who follows whom, the earliest time kept; returns the lines that name unknown people
// :param rows => [{line: 2, follower: '42', followee: '7', at: null}]
UNWIND $rows AS row
OPTIONAL MATCH (follower:User {id: row.follower})
OPTIONAL MATCH (followee:User {id: row.followee})
CALL (row, follower, followee) {
  WITH row, follower, followee WHERE follower IS NOT NULL AND followee IS NOT NULL
  MERGE (follower)-[follows:FOLLOWS]->(followee)
  SET follows.since = CASE WHEN row.at < follows.since OR follows.since IS NULL THEN row.at ELSE follows.since END
}
WITH row, CASE WHEN follower IS NULL THEN row.follower WHEN followee IS NULL THEN row.followee END AS unknown
WHERE unknown IS NOT NULL
RETURN row.line AS line, 'no user ' + unknown AS problem
