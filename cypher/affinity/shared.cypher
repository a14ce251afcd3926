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
WHERE true
  // filter: posts
  AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND NOT EXISTS { (me)-[:POSTED|HID]->(post) }
  AND NOT EXISTS { (me)-[:MUTED]->(author) } AND NOT EXISTS { (me)-[:BLOCKED]-(author) }
  AND NOT EXISTS { (me)-[:MUTED]->(:Hashtag)<-[:TAGGED]-(post) }
  AND (NOT coalesce(author.optedOut, false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
  // end filter
CALL (post) {
  MATCH (post)<-[:LIKED]-(other:User)
  RETURN other LIMIT $perPerson
}
WITH me, other, post
WHERE other <> me
// The least liked of what we share tells most of our taste
WITH me, other, count(*) AS shared, min([COUNT { (post)<-[:LIKED]-() }, post.id])[1] AS post
RETURN other.id AS other, post, shared / sqrt(1.0 * COUNT { (me)-[:LIKED]->() } * COUNT { (other)-[:LIKED]->() }) AS cosine
ORDER BY cosine DESC, other
LIMIT $keep
