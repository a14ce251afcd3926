// Projects likes, authorship and follows up to a time for GDS, undirected; those without a time are included, and no
// likes of people whose likes count for themselves alone
// :param vectorsGraph => 'graphfeed-vectors'
// :param now => timestamp()
MATCH (me:User)
CALL (me) {
  RETURN null AS other // so that the projection is made even without any relationship
UNION ALL
  MATCH (me)-[liked:LIKED]->(post:Post)
  WHERE NOT coalesce(me.likesForSelf <> false, false) AND coalesce(liked.at, $now) <= $now AND coalesce(post.takenAt, $now) <= $now
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
