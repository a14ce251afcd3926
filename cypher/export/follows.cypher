// Follows, by the ids of both people
MATCH (follower:User)-[follows:FOLLOWS]->(followee)
USING INDEX follower:User(id)
WHERE follower.id IS NOT NULL
RETURN follower.id AS follower, followee.id AS followee, follows.since AS at
ORDER BY follower, followee
