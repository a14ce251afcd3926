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
  WHERE NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) }
  CALL (followee) {
    MATCH (followee)-[:LIKED]->(post:Post)
    RETURN post LIMIT $perPerson
  }
  WITH post, count(*) AS likers, min(followee.id) AS via
  WHERE likers >= $minLikers
  RETURN post, likers, via
  ORDER BY likers / sqrt(1.0 + coalesce(post.likeCount, 0)) DESC, post.id
}
WITH me, collect({post: post, likers: likers, via: via}) AS found
UNWIND found[..2 * $keep] + [one IN found[2 * $keep..]
  WHERE $now - $windowDays * 86400000 < one.post.takenAt <= $now][..$keep] AS one
WITH me, one.post AS post, one.likers AS likers, one.via AS via
WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, post, author, likers, via
WHERE true
  // filter: posts
  AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND NOT EXISTS { (me)-[:POSTED|HID]->(post) }
  AND NOT EXISTS { (me)-[:MUTED]->(author) } AND NOT EXISTS { (me)-[:BLOCKED]-(author) }
  AND NOT EXISTS { (me)-[:MUTED]->(:Hashtag)<-[:TAGGED]-(post) }
  AND (NOT coalesce(author.optedOut, false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
  // end filter
WITH post, toFloat(likers) AS value, via, null AS link,
  log(likers / sqrt(1.0 + coalesce(post.likeCount, 0))) AS score
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, takenAt: post.takenAt, value: value, via: via, link: link})[..$keep] AS best
UNWIND best AS one
RETURN recent, one.post AS post, one.takenAt AS takenAt, one.value AS value, one.via AS via, one.link AS link
// end keep
