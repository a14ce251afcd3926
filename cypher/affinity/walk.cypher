// The people near to me without GDS: my followees and whom they follow, as two steps of PageRank see them
// :param me => '42'
// :param perPerson => 1000
// :param damping => 0.85
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:FOLLOWS]->(followee:User)
  RETURN followee LIMIT $perPerson
}
WITH me, collect(followee) AS followees
UNWIND followees AS followee
CALL (followee) {
  MATCH (followee)-[:FOLLOWS]->(other:User)
  RETURN other LIMIT $perPerson
}
WITH me, followees, other, sum((1 - $damping) * $damping ^ 2 / size(followees) / COUNT { (followee)-[:FOLLOWS]->() }) AS far
WITH me, followees, collect([other, far]) AS others
UNWIND others + [followee IN followees | [followee, (1 - $damping) * $damping / size(followees)]] AS one
WITH me, one[0] AS other, sum(one[1]) AS score
WHERE other <> me
RETURN other.id AS other, score
ORDER BY score DESC, other
LIMIT $keep
