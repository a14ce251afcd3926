// Keeps the earliest time of follows that py2neo merged
// :param rows => [{follower: '42', followee: '8', at: 1}]
UNWIND $rows AS row
MATCH (:User {id: row.follower})-[follows:FOLLOWS]->(:User {id: row.followee})
SET follows.since = CASE WHEN row.at < follows.since OR follows.since IS NULL THEN row.at ELSE follows.since END
