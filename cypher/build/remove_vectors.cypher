// Removes the vectors of a slot from some people, posts and hashtags, unless the current build uses it; returns how
// many
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{slot: 'B', nodes: [0]}])
MATCH (:Lease {name: $lease, owner: $owner}) // or another builder writes to this slot
UNWIND $rows.nodes AS id
MATCH (node) WHERE id(node) = id AND node:User|Post|Hashtag
  AND NOT EXISTS { (:Build {name: 'current', slot: $rows.slot}) }
REMOVE node['factors' + $rows.slot], node['factorsNorm' + $rows.slot], node['fastrp' + $rows.slot],
  node['content' + $rows.slot], node['contentNorm' + $rows.slot]
RETURN count(*) AS nodes
