// Gives a post that has no vector under a name the one of its author, of several that of the smallest id
// :param rows => head([{node: 1, property: 'fastrpA'}])
MATCH (post:Post) WHERE id(post) = $rows.node
MATCH (author:User)-[:POSTED]->(post)
WITH post, author, post[$rows.property] AS own, author[$rows.property] AS vector
WHERE own IS NULL AND vector IS NOT NULL
WITH post, author, vector ORDER BY author.id LIMIT 1
CALL db.create.setNodeVectorProperty(post, $rows.property, vector)
RETURN count(*) AS posts
