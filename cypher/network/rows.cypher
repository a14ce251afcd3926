// Whom I follow, and whom they follow: one row for each follow
// :param me => '42'
// :param edges => 'all'
// :param limit => 10
MATCH (me:User {id: $me})-[:FOLLOWS]->(followee:User)
WHERE
  // fragment: people (person=followee)
  (NOT EXISTS { (me)-[:MUTED]->() } OR followee = me OR NOT EXISTS { (me)-[:MUTED]->(followee) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR followee = me OR NOT EXISTS { (me)-[:BLOCKED]-(followee) })
  AND (NOT (coalesce(followee.optedOut <> false, false) OR coalesce(followee.visibility <> 'public', false)) OR followee = me OR EXISTS { (me)-[:FOLLOWS]->(followee) })
  // end fragment
WITH DISTINCT me, followee
CALL (me, followee) {
  RETURN me AS src, followee AS dst
UNION
  MATCH (followee)-[:FOLLOWS]->(person:User)
  WHERE $edges = 'all' AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  RETURN followee AS src, person AS dst
}
WITH me, src, dst WHERE src.id IS :: STRING NOT NULL AND dst.id IS :: STRING NOT NULL
RETURN src.id AS srcId, dst.id AS dstId,
  coalesce(toStringOrNull(src.username), toStringOrNull(src.fullName), src.id) AS srcName,
  coalesce(toStringOrNull(dst.username), toStringOrNull(dst.fullName), dst.id) AS dstName
ORDER BY src <> me, srcId, dstId
LIMIT $limit
