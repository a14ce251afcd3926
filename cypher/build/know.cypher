// Records that this build is the first to read some people and posts; one deleted and created again lacks the record
// :param rows => head([{nodes: [0, 1], known: timestamp()}])
UNWIND $rows.nodes AS id
MATCH (node) WHERE id(node) = id AND node:User|Post AND node.knownSince IS NULL
SET node.knownSince = $rows.known
RETURN count(*) AS nodes
