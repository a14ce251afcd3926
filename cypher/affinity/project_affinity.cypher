// Projects who is tied to whom for GDS: an edge each way for a follow either way, heavier the more they like and comment
// :param affinityGraph => 'graphfeed-affinity'
// :param commentWeight => 2
MATCH (me:User)
CALL (me) {
  // Also who is tied to nobody: GDS refuses to walk from somebody whom it does not know
  RETURN null AS other, 1 AS tie, 0 AS acts
UNION ALL
  MATCH (me)-[:FOLLOWS]-(other) RETURN other, 1 AS tie, 0 AS acts
UNION ALL
  MATCH (me)-[:LIKED]->()<-[:POSTED]-(other) RETURN other, 0 AS tie, count(*) AS acts
UNION ALL
  MATCH (me)-[:POSTED]->()<-[:LIKED]-(other) RETURN other, 0 AS tie, count(*) AS acts
UNION ALL
  MATCH (me)-[:COMMENTED]->()<-[:POSTED]-(other) RETURN other, 0 AS tie, $commentWeight * count(*) AS acts
UNION ALL
  MATCH (me)-[:POSTED]->()<-[:COMMENTED]-(other) RETURN other, 0 AS tie, $commentWeight * count(*) AS acts
}
WITH me, other, max(tie) AS tie, sum(acts) AS acts
WHERE tie = 1 AND coalesce(other <> me, true)
// The store gives rows in another order once a node has many relationships, and walks go by the order of a projection
WITH me, other, acts ORDER BY me.id, other.id
WITH gds.graph.project($affinityGraph, me, other, {relationshipProperties: {weight: 1.0 + log(1 + acts)}}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS people, projected.relationshipCount AS arcs
