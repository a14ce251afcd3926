// Posts that people want more like, by the ids of person and post
MATCH (user:User)-[wanted:MORE_LIKE]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, wanted.at AS at
ORDER BY user, post
