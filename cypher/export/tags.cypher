// Hashtags of posts as they are spelled, by the post's id and the hashtag's name
MATCH (post:Post)-[tie:TAGGED]->(hashtag)
USING INDEX post:Post(id)
WHERE post.id IS NOT NULL
WITH post, tie, hashtag ORDER BY post.id, hashtag.name
UNWIND
  // fragment: spelled
  CASE WHEN tie.as IS NULL THEN [hashtag.display]
    ELSE COLLECT { UNWIND tie.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
  // end fragment
  AS spelling
RETURN post.id AS post, spelling AS hashtag
