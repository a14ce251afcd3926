// Projects for GDS who follows whom, each pair once, among me, my followees, and those of their followees whose posts
// I liked
// :param me => '42'
// :param friendsGraph => 'graphfeed-friends'
// :param now => timestamp()
// :param historyDays => 365
MATCH (me:User {id: $me})
CALL (me) {
  OPTIONAL MATCH (me)-[:FOLLOWS]->(followee)
  RETURN me AS source, followee AS target
UNION
  MATCH (me)-[liked:LIKED]->(:Post)<-[:POSTED]-(candidate)
  WHERE candidate <> me AND coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
    AND NOT EXISTS { (me)-[:FOLLOWS]->(candidate) }
  WITH DISTINCT me, candidate
  MATCH (me)-[:FOLLOWS]->(followee)-[:FOLLOWS]->(candidate)
  RETURN followee AS source, candidate AS target
}
WITH gds.graph.project($friendsGraph, source, target, {}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS people, projected.relationshipCount AS arcs
