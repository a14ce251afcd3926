// Posts that several of my followees liked: the best by how many did, for how many likes they have
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param halfLifeDays => 7
// :param perPerson => 1000
// :param minLikers => 2
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:FOLLOWS]->(followee)
  WHERE
    // fragment: people (person=followee)
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(followee) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(followee) })
    AND (NOT coalesce(followee.optedOut, false) OR followee = me OR EXISTS { (me)-[:FOLLOWS]->(followee) })
    // end fragment
  CALL (followee) {
    MATCH (followee)-[:LIKED]->(post)
    RETURN post LIMIT $perPerson
  }
  WITH post, count(*) AS likers, min(followee.id) AS via
  WHERE likers >= $minLikers
  RETURN post, likers, via
  // Posts of the window, which is what a feed shows, stand beside the best of any age
  ORDER BY likers / sqrt(1.0 + coalesce(post.likeCount, 0))
    * CASE WHEN $now - $windowDays * 86400000 < post.takenAt <= $now THEN 10 ELSE 1 END DESC, post.id
  LIMIT 3 * $keep
}
WITH me, post, likers, via
WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, post, author, likers, via
WHERE
  // fragment: posts
  (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
  AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
  // end fragment
WITH post, author, toFloat(likers) AS value, via, null AS link,
  log(likers / sqrt(1.0 + coalesce(post.likeCount, 0))) AS score
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, author, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, author: author.id, takenAt: post.takenAt, value: value, via: via, link: link}) AS all
UNWIND all[..CASE WHEN recent THEN $keep / 2 ELSE $keep END] AS one
RETURN recent, one.post AS post, one.author AS author, one.takenAt AS takenAt, one.value AS value, one.via AS via,
  one.link AS link
// end keep
