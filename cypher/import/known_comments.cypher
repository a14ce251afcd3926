// Comments in the graph, each with its commenter and post, which an import cannot change
MATCH (user:User)-[comment:COMMENTED]->(post:Post)
RETURN comment.id AS id, user.id AS user, post.id AS post
ORDER BY id
