// Vectors of some people and posts under a name
// :param rows => head([{nodes: [0], property: 'factorsA'}])
UNWIND $rows.nodes AS node
MATCH (one) WHERE id(one) = node AND one:User|Post
WITH one[$rows.property] AS vector WHERE vector IS NOT NULL
RETURN vector
