// Hashtags of posts as they are spelled, by the post's id and the hashtag's name
MATCH (post:Post)-[:TAGGED]->(tag)
USING INDEX post:Post(id)
WHERE post.id IS NOT NULL
RETURN post.id AS post, tag.display AS hashtag
ORDER BY post, tag.name
