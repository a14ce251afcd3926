// The posts that the graph holds, each with its author, who stays
MATCH (post:Post)
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
RETURN post.id AS id, author.id AS author
ORDER BY id
