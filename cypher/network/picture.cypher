// Draws my network in Neo4j Browser: me, whom I follow, and with $edges 'all' who of them follows whom
// :param me => '42'
// :param edges => 'all'
MATCH (me:User {id: $me})-[:FOLLOWS]->(followee:User)
WHERE NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) }
WITH me, collect(followee) AS followees
UNWIND followees AS followee
CALL (me, followee, followees) {
  MATCH path = (me)-[:FOLLOWS]->(followee)
  RETURN path
UNION
  MATCH path = (followee)-[:FOLLOWS]->(other)
  WHERE $edges = 'all' AND other IN followees
  RETURN path
}
RETURN path
