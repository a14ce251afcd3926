// The most popular of the newest posts, for those of whom the graph knows too little
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param halfLifeDays => 7
// :param newest => 50
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL () {
  MATCH (post:Post) WHERE post.takenAt <= $now
  RETURN post ORDER BY post.takenAt DESC LIMIT $newest
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
  AND NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }
WITH post, author, toFloat(coalesce(post.likeCount, 0)) AS value, null AS via, null AS link,
  log(1.0 + coalesce(post.likeCount, 0)) AS score
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, author, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, author: author.id, takenAt: post.takenAt, value: value, via: via, link: link}) AS all
UNWIND all[..CASE WHEN recent THEN $keep / 2 ELSE $keep END] AS one
RETURN recent, one.post AS post, one.author AS author, one.takenAt AS takenAt, one.value AS value, one.via AS via,
  one.link AS link
// end keep
