// Writes a vector, and its norm where given, to a slot of some people, posts and hashtags; returns how many
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{known: timestamp(), property: 'factorsB', norm: 'factorsNormB', nodes: [0], vectors: [[0.1, 0.2]], norms: [0.5]}])
MATCH (:Lease {name: $lease, owner: $owner}) // or another builder writes to this slot
UNWIND range(0, size($rows.nodes) - 1) AS place
MATCH (node) WHERE id(node) = $rows.nodes[place] AND node:User|Post|Hashtag AND (node:Hashtag OR node.knownSince <= $rows.known)
  AND NOT coalesce(node.notProfiled <> false, false)
CALL db.create.setNodeVectorProperty(node, $rows.property, $rows.vectors[place])
SET node[$rows.norm] = $rows.norms[place]
RETURN count(*) AS nodes
