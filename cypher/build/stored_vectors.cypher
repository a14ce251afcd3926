// The vectors under a name, of people and posts
// :param rows => head([{property: 'factorsA'}])
MATCH (node:User|Post)
WITH node, node[$rows.property] AS vector WHERE vector IS NOT NULL
RETURN id(node) AS node, vector
