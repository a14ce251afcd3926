// People shown in posts, by the ids of post and person
MATCH (post:Post)-[:MENTIONS]->(user)
USING INDEX post:Post(id)
WHERE post.id IS NOT NULL
RETURN post.id AS post, user.id AS user
ORDER BY post, user
