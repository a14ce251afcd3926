// Saves, by the ids of person and post
MATCH (user:User)-[saved:SAVED]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, saved.at AS at
ORDER BY user, post
