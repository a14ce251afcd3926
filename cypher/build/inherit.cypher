// Gives a post without a vector that of its author, of several authors the one with the smallest id
// :param rows => head([{node: 1, property: 'fastrpA'}])
MATCH (post:Post) WHERE id(post) = $rows.node
MATCH (author:User)-[:POSTED]->(post)
WITH post, author, post[$rows.property] AS own, author[$rows.property] AS vector
WHERE own IS NULL AND vector IS NOT NULL
WITH post, author, vector ORDER BY author.id LIMIT 1
CALL db.create.setNodeVectorProperty(post, $rows.property, vector)
RETURN count(*) AS posts
