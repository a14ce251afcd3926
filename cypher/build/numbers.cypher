// Sets a number on some people and posts, or removes it where the value is null; returns how many
// :param rows => head([{known: timestamp(), property: 'trend', nodes: [0], values: [0.5]}])
UNWIND range(0, size($rows.nodes) - 1) AS place
MATCH (node) WHERE id(node) = $rows.nodes[place] AND node:User|Post AND node.knownSince <= $rows.known
SET node[$rows.property] = $rows.values[place]
RETURN count(*) AS nodes
