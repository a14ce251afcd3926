// The vectors that some people and posts have under a name
// :param rows => head([{nodes: [0], property: 'factorsA'}])
UNWIND $rows.nodes AS node
MATCH (one) WHERE id(one) = node AND one:User|Post AND one[$rows.property] IS NOT NULL
RETURN one[$rows.property] AS vector
