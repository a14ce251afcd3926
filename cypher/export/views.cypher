// Views with their duration, by the ids of person and post and the time
MATCH (user:User)-[viewed:VIEWED]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, viewed.at AS at, viewed.dwellMs AS dwellMs
ORDER BY user, post, at
