// Posts with their author, by id; a counter is exported only where a count was given
MATCH (post:Post)
USING INDEX post:Post(id)
WHERE post.id IS NOT NULL
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
RETURN post.id AS id, author.id AS author, post.takenAt AS takenAt, post.mediaType AS mediaType,
       post.caption AS caption, post.imageUrl AS imageUrl,
       CASE WHEN post.givenLikeCount IS NOT NULL THEN post.likeCount END AS likeCount,
       CASE WHEN post.givenCommentCount IS NOT NULL THEN post.commentCount END AS commentCount,
       post.sensitive AS sensitive, post.visibility AS visibility
ORDER BY id
