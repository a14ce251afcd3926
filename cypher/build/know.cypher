// Notes of some people and posts which build reads them first: who is deleted and made anew does not have the note
// :param rows => head([{nodes: [0, 1], known: timestamp()}])
UNWIND $rows.nodes AS id
MATCH (node) WHERE id(node) = id AND node:User|Post AND node.knownSince IS NULL
SET node.knownSince = $rows.known
RETURN count(*) AS nodes
