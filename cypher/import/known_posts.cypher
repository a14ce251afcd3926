// Posts in the graph, each with its author, whom an import cannot change
MATCH (post:Post)
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
RETURN post.id AS id, author.id AS author
ORDER BY id
