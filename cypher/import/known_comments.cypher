// The comments that the graph holds, each with its commenter and post, who stay
MATCH (user:User)-[comment:COMMENTED]->(post:Post)
RETURN comment.id AS id, user.id AS user, post.id AS post
ORDER BY id
