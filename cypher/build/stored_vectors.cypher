// The vectors under a name, of people and posts
// :param rows => head([{property: 'factorsA'}])
MATCH (node:User|Post) WHERE node[$rows.property] IS NOT NULL
RETURN id(node) AS node, node[$rows.property] AS vector
