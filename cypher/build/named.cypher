// Some people and posts by internal id, with their ids and numbers of likes
// :param rows => head([{nodes: [0, 1]}])
UNWIND $rows.nodes AS node
MATCH (one) WHERE id(one) = node AND one:User|Post AND one.id IS :: STRING NOT NULL
RETURN node, one.id AS id, COUNT { (one)-[:LIKED]-() } AS likes
