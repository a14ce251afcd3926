// Projects who liked, posted and followed what by a time for GDS, both ways; what has no time was there
// :param vectorsGraph => 'graphfeed-vectors'
// :param now => timestamp()
MATCH (me:User)
CALL (me) {
  RETURN null AS other // a projection of nobody would not be made
UNION ALL
  MATCH (me)-[liked:LIKED]->(post:Post)
  WHERE coalesce(liked.at, $now) <= $now AND coalesce(post.takenAt, $now) <= $now
  RETURN post AS other
UNION ALL
  MATCH (me)-[:POSTED]->(post:Post) WHERE coalesce(post.takenAt, $now) <= $now
  RETURN post AS other
UNION ALL
  MATCH (me)-[follows:FOLLOWS]->(followee:User) WHERE coalesce(follows.since, $now) <= $now
  RETURN followee AS other
}
WITH gds.graph.project($vectorsGraph, me, other, {}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS nodes, projected.relationshipCount AS arcs
