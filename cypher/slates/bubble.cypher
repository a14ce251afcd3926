// The authors of a slate of mine, each with the number of posts, the steps of follows from me (3 for more than two) and
// the community. Of very many follows, only the first in the store are read
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
MATCH (me:User {id: $me})-[:WAS_SHOWN]->(slate:Slate {id: $slate})
UNWIND slate.posts AS id
MATCH (post:Post {id: id})
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, author, count(*) AS posts
WITH me, collect({author: author, posts: posts}) AS found, collect(author) AS authors
CALL (me) { MATCH (me)-[:FOLLOWS]->(followee) WITH followee LIMIT 5000 RETURN collect(followee) AS followees }
CALL (authors, followees) {
  UNWIND followees[..200] AS followee
  CALL (followee) { MATCH (followee)-[:FOLLOWS]->(other) RETURN other LIMIT 250 }
  WITH authors, other WHERE other IN authors
  RETURN collect(DISTINCT other) AS second
}
UNWIND found AS one
RETURN toStringOrNull(one.author.id) AS author, one.posts AS posts, toIntegerOrNull(one.author.community) AS community,
  CASE WHEN one.author IN followees THEN 1 WHEN one.author IN second THEN 2 ELSE 3 END AS steps
ORDER BY author
