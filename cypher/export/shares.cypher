// Shares, by the ids of person and post
MATCH (user:User)-[shared:SHARED]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, shared.at AS at
ORDER BY user, post
