// Projects likes, authorship and follows up to a time for GDS, undirected: also those without a time, but no likes that
// count for their person alone or are not learned from
// :param vectorsGraph => 'graphfeed-vectors'
// :param now => timestamp()
MATCH (me:User)
WITH me,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
CALL (me, mine) {
  RETURN null AS other // so that the projection is made even without any relationship
UNION ALL
  MATCH (me)-[act:LIKED]->(liked:Post)
  WHERE NOT coalesce(me.likesForSelf <> false, false) AND coalesce(act.at, $now) <= $now AND coalesce(liked.takenAt, $now) <= $now AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN liked AS other
UNION ALL
  MATCH (me)-[:POSTED]->(post:Post) WHERE coalesce(post.takenAt, $now) <= $now
  RETURN post AS other
UNION ALL
  MATCH (me)-[follows:FOLLOWS]->(followee:User) WHERE coalesce(follows.since, $now) <= $now
  RETURN followee AS other
}
WITH gds.graph.project($vectorsGraph, me, other, {}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS nodes, projected.relationshipCount AS arcs
