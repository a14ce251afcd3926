// Who saw what and for how long, by the ids of both and the time
MATCH (user:User)-[viewed:VIEWED]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, viewed.at AS at, viewed.dwellMs AS dwellMs
ORDER BY user, post, at
