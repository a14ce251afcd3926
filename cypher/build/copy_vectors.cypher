// Copies a vector, and its norm where it has one, of some people, posts and hashtags to another slot; returns how many
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{nodes: [0], kind: 'fastrp', norm: 'fastrpNorm', from: 'A', to: 'B'}])
MATCH (:Lease {name: $lease, owner: $owner}) // or another builder writes to this slot
UNWIND $rows.nodes AS id
MATCH (node) WHERE id(node) = id AND node:User|Post|Hashtag
WITH node, node[$rows.kind + $rows.from] AS vector WHERE vector IS NOT NULL
CALL db.create.setNodeVectorProperty(node, $rows.kind + $rows.to, vector)
SET node[$rows.norm + $rows.to] = node[$rows.norm + $rows.from]
RETURN count(*) AS nodes
