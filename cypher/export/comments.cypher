// Comments on posts, by the comment's id
MATCH (user)-[comment:COMMENTED]->(post)
USING INDEX comment:COMMENTED(id)
WHERE comment.id IS NOT NULL
RETURN comment.id AS id, user.id AS user, post.id AS post, comment.at AS at, comment.text AS text
ORDER BY id
