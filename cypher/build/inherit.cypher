// Gives a post that has no vector under a name the one of its author, of several that of the smallest id
// :param rows => head([{node: 1, property: 'fastrpA'}])
MATCH (post:Post) WHERE id(post) = $rows.node AND post[$rows.property] IS NULL
MATCH (author:User)-[:POSTED]->(post) WHERE author[$rows.property] IS NOT NULL
WITH post, author ORDER BY author.id LIMIT 1
CALL db.create.setNodeVectorProperty(post, $rows.property, author[$rows.property])
RETURN count(*) AS posts
