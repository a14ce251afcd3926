// The people of my network with who of my followees follows each: me, whom I follow, and with $edges 'all' whom they
// follow, those whom most of them follow first. `followedBy` has places among my followees, in the order of their rows.
// Of very many follows, those that the store gives first are read; then `isWhole` is false
// :param me => '42'
// :param edges => 'all'
// :param circle => head([{followees: 3000, followeesOf: 300, follows: 60000, people: 30000}])
MATCH (me:User {id: $me})
// ---- 1. Whom I follow
CALL (me) {
  CALL (me) { MATCH (me)-[:FOLLOWS]->(followee:User) RETURN followee LIMIT $circle.followees }
  WITH DISTINCT me, followee
  WHERE followee <> me AND followee.id IS :: STRING NOT NULL AND
    // fragment: people (person=followee)
    (NOT EXISTS { (me)-[:MUTED]->() } OR followee = me OR NOT EXISTS { (me)-[:MUTED]->(followee) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR followee = me OR NOT EXISTS { (me)-[:BLOCKED]-(followee) })
    AND (NOT (coalesce(followee.optedOut <> false, false) OR coalesce(followee.visibility <> 'public', false)) OR followee = me OR EXISTS { (me)-[:FOLLOWS]->(followee) })
    // end fragment
  WITH followee ORDER BY followee.id
  RETURN collect(followee) AS followees, sum(CASE WHEN COUNT { (followee)-[:FOLLOWS]->() } > $circle.followeesOf THEN 1 ELSE 0 END) AS unread,
    sum(COUNT { (followee)-[:FOLLOWS]->() }) AS follows
}
WITH me, followees, COUNT { (me)-[:FOLLOWS]->() } <= $circle.followees AND ($edges <> 'all' OR unread = 0 AND follows <= $circle.follows) AS isWhole
// ---- 2. A row for each reason why a person is of my network
CALL (me, followees) {
  RETURN me AS person, 0 AS degree, null AS place
UNION ALL
  UNWIND followees AS person
  RETURN person, 1 AS degree, null AS place
UNION ALL
  WITH followees WHERE $edges = 'all'
  UNWIND range(0, size(followees) - 1) AS place
  WITH place, followees[place] AS followee
  CALL (followee) { MATCH (followee)-[:FOLLOWS]->(person:User) RETURN person LIMIT $circle.followeesOf }
  RETURN person, 2 AS degree, place LIMIT $circle.follows
}
// ---- 3. Each person once
WITH me, isWhole, person, min(degree) AS degree, collect(DISTINCT place) AS followedBy
WHERE person.id IS :: STRING NOT NULL AND
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
WITH me, isWhole, person, degree, followedBy
ORDER BY degree, CASE WHEN degree = 2 THEN -size(followedBy) ELSE 0 END, person.id LIMIT $circle.people
RETURN person.id AS person, coalesce(toStringOrNull(person.username), toStringOrNull(person.fullName), person.id) AS name, degree,
  toIntegerOrNull(person.community) AS community, COUNT { (person)<-[:FOLLOWS]-() } AS followers, EXISTS { (person)-[:FOLLOWS]->(me) } AS followsMe, followedBy, isWhole
ORDER BY degree, CASE WHEN degree = 2 THEN -size(followedBy) ELSE 0 END, person
