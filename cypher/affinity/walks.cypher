// Random walks along ties from each of some people, without where they begin, and the ties of each
// needs: affinity/project_ties
// :param tiesGraph => 'graphfeed-ties'
// :param rows => head([{nodes: [0]}])
// :param walks => 600
// :param steps => 5
MATCH (user:User) WHERE id(user) IN $rows.nodes
WITH collect(user) AS users WHERE users <> [] // GDS takes none for all
CALL gds.randomWalk.stream($tiesGraph, {sourceNodes: users, walksPerNode: $walks, walkLength: $steps + 1,
    relationshipWeightProperty: 'tie', concurrency: 1, randomSeed: 42, logProgress: false}) YIELD nodeIds
WHERE size(nodeIds) = $steps + 1 // not of somebody who is tied to nobody
WITH nodeIds[0] AS node, collect(nodeIds[1..]) AS walks
MATCH (user:User) WHERE id(user) = node
CALL (user) {
  MATCH (user)-[follows:FOLLOWS]-(other)
  WITH other, max(coalesce(follows.tie, 1.0)) AS tie
  RETURN collect(id(other)) AS others, collect(tie) AS ties
}
RETURN node, walks, others, ties
