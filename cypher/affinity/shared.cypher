// The people who liked what I liked, by the cosine of our likes as far as I walk them, each with a post that we share
// :param me => '42'
// :param perPerson => 1000
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:LIKED]->(post:Post)
  RETURN post LIMIT $perPerson
}
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, post, author
WHERE
  // fragment: posts
  (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
  AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
  // end fragment
// The least liked of what we share tells most of our taste
WITH me, post ORDER BY coalesce(post.likeCount, 0), post.id
WITH me, collect(post) AS mine
UNWIND range(0, size(mine) - 1) AS rank
WITH me, mine, rank, mine[rank] AS post
CALL (post) {
  MATCH (post)<-[:LIKED]-(other)
  RETURN other LIMIT $perPerson
}
WITH me, mine, other, count(*) AS shared, min(rank) AS rank
WHERE other <> me
RETURN other.id AS other, mine[rank].id AS post,
  shared / sqrt(1.0 * COUNT { (me)-[:LIKED]->() } * COUNT { (other)-[:LIKED]->() }) AS cosine
ORDER BY cosine DESC, other
LIMIT $keep
