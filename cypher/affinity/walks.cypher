// Random walks along ties from each of some people, without the first node, and the ties of each person
// needs: affinity/project_ties
// :param tiesGraph => 'graphfeed-ties'
// :param rows => head([{nodes: [0]}])
// :param walks => 600
// :param steps => 5
MATCH (user:User) WHERE id(user) IN $rows.nodes
WITH collect(user) AS users WHERE users <> [] // GDS would start from every node if this were empty
CALL gds.randomWalk.stream($tiesGraph, {sourceNodes: users, walksPerNode: $walks, walkLength: $steps + 1,
    relationshipWeightProperty: 'tie', concurrency: 1, randomSeed: 42, logProgress: false}) YIELD nodeIds
WHERE size(nodeIds) = $steps + 1 // a person without ties has shorter walks
WITH nodeIds[0] AS node, collect(nodeIds[1..]) AS walks
MATCH (user:User) WHERE id(user) = node
CALL (user) {
  MATCH (user)-[follows:FOLLOWS]-(other)
  WITH other, max(coalesce(follows.tie, 1.0)) AS tie
  RETURN collect(id(other)) AS others, collect(tie) AS ties
}
RETURN node, walks, others, ties
