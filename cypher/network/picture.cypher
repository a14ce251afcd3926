// Draws my network in Neo4j Browser: whom I follow, and with $edges 'all' also whom they follow
// :param me => '42'
// :param edges => 'all'
// :param edgeLimit => 300
MATCH (me:User {id: $me})-[:FOLLOWS]->(followee:User)
WHERE
  // fragment: people (person=followee)
  (NOT EXISTS { (me)-[:MUTED]->() } OR followee = me OR NOT EXISTS { (me)-[:MUTED]->(followee) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR followee = me OR NOT EXISTS { (me)-[:BLOCKED]-(followee) })
  AND (NOT (coalesce(followee.optedOut <> false, false) OR coalesce(followee.visibility <> 'public', false)) OR followee = me OR EXISTS { (me)-[:FOLLOWS]->(followee) })
  // end fragment
CALL (me, followee) {
  MATCH path = (me)-[:FOLLOWS]->(followee)
  RETURN path
UNION
  MATCH path = (followee)-[:FOLLOWS]->(person:User)
  WHERE $edges = 'all' AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  RETURN path
}
WITH me, path, head(nodes(path)) AS src, last(nodes(path)) AS dst
// My follows first, then those among my followees: they show most where not all can be drawn
ORDER BY src <> me, NOT EXISTS { (me)-[:FOLLOWS]->(dst) }, src.id, dst.id
LIMIT $edgeLimit
RETURN path
