// Counts of the newest posts in the window by the first reason that keeps them from me; 'none' for the others, of which
// the pictures are given if I hid any
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param sensitive => false
// :param exclude => []
// :param servedDays => 7
// :param limit => 10
MATCH (me:User {id: $me})
CALL (me) {
  CALL () {
    MATCH (post:Post) WHERE post.takenAt <= $now AND ($windowDays IS NULL OR post.takenAt > $now - $windowDays * 86400000)
    RETURN post ORDER BY post.takenAt DESC LIMIT $limit
  }
  RETURN post, 1 AS newest, 0 AS served
UNION ALL
  MATCH (me)-[:WAS_SHOWN]->(slate:Slate) WHERE $now - $servedDays * 86400000 < slate.asOf <= $now
  UNWIND slate.posts[..slate.served] AS id
  WITH id LIMIT 10 * $limit
  MATCH (post:Post {id: id})
  RETURN post, 0 AS newest, 1 AS served
}
WITH me, post, sum(newest) AS newest, sum(served) AS served WHERE newest > 0
// fragment: author, whose posts for followers only are not told of to others
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author, served WHERE author = me OR EXISTS { (me)-[:FOLLOWS]->(author) }
  OR NOT (coalesce(author.visibility <> 'public', false) OR coalesce(post.visibility <> 'public', false))
WITH post, EXISTS { (me)-[:HID]->() } AS hides, CASE
  WHEN author = me THEN 'own'
  WHEN EXISTS { (me)-[:LIKED]->(post) } THEN 'liked'
  WHEN EXISTS { (me)-[:SAVED|SHARED|MORE_LIKE]->(post) } THEN 'saved'
  WHEN EXISTS { (me)-[:VIEWED]->(post) } THEN 'viewed'
  WHEN EXISTS { (me)-[:HID]->(post) } THEN 'hidden'
  WHEN served > 0 THEN 'served'
  WHEN EXISTS { (me)-[:MUTED]->(author) } OR EXISTS { (me)-[:MUTED]->() } AND EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } }
    OR any(words IN [post.words] WHERE any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))) THEN 'muted'
  WHEN EXISTS { (me)-[:BLOCKED]->(author) } THEN 'blocked'
  WHEN EXISTS { (me)<-[:BLOCKED]-(author) } OR coalesce(author.optedOut <> false, false) AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } THEN 'closed'
  WHEN coalesce(post.sensitive <> false, false) AND NOT $sensitive THEN 'sensitive'
  WHEN post.id IN $exclude THEN 'excluded'
  ELSE 'none' END AS reason
RETURN count(*) AS posts, reason, [picture IN collect(CASE WHEN hides AND reason = 'none' THEN
  {model: toStringOrNull(post.pictureModel), numbers: toStringOrNull(post.pictureBytes)} END) WHERE picture.numbers IS NOT NULL] AS pictures
ORDER BY posts DESC, reason
