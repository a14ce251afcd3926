// Posts with the hashtags that I picked, liked or am shown with: the best by how much of my interest they have
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param halfLifeDays => 7
// :param pickWeight => 5
// :param perPerson => 1000
// :param hashtagLimit => 10
// :param perHashtag => 500
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  CALL (me) {
    CALL (me) { MATCH (me)-[:LIKED]->(post:Post) RETURN post LIMIT $perPerson }
    RETURN post
  UNION
    MATCH (me)<-[:MENTIONS]-(post:Post)
    RETURN post
  }
  MATCH (post)-[:TAGGED]->(hashtag:Hashtag)
  RETURN hashtag, 1.0 AS weight, post AS link
UNION ALL
  MATCH (me)-[:INTERESTED_IN]->(hashtag:Hashtag)
  RETURN hashtag, toFloat($pickWeight) AS weight, null AS link
}
WITH me, hashtag, sum(weight) AS weight, collect(link) AS links
WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
ORDER BY weight DESC, hashtag.name
WITH me, collect({hashtag: hashtag, weight: weight, links: links[..2]}) AS mine, sum(weight) AS total
WITH me, mine[..$hashtagLimit] AS mine, total
CALL (mine, total) {
  UNWIND range(0, size(mine) - 1) AS rank
  WITH rank, mine[rank].hashtag AS hashtag, mine[rank].weight / total AS share
  CALL (hashtag) {
    // In the order of the store, what was tagged last first, so that a big hashtag costs no more than a small one
    MATCH (hashtag)<-[:TAGGED]-(post)
    RETURN post LIMIT $perHashtag
  }
  WITH post, sum(share) AS value, min(rank) AS rank
  // Posts of the window, which is what a feed shows, stand beside the best of any age
  ORDER BY value * log(2 + coalesce(post.likeCount, 0))
    * CASE WHEN $now - $windowDays * 86400000 < post.takenAt <= $now THEN 10 ELSE 1 END DESC, post.id
  LIMIT 3 * $keep
  RETURN post, value, rank
}
WITH me, mine, post, value, rank
WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, mine, post, author, value, rank
WHERE
  // fragment: posts
  (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
  AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
  // end fragment
WITH post, author, value, mine[rank].hashtag.name AS via, log(value * log(2 + coalesce(post.likeCount, 0))) AS score,
  head([link IN mine[rank].links WHERE link <> post | link.id]) AS link
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, author, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, author: author.id, takenAt: post.takenAt, value: value, via: via, link: link}) AS all
UNWIND all[..CASE WHEN recent THEN $keep / 2 ELSE $keep END] AS one
RETURN recent, one.post AS post, one.author AS author, one.takenAt AS takenAt, one.value AS value, one.via AS via,
  one.link AS link
// end keep
