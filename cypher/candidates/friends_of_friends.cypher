// Posts of the people nearest to me of those whom my followees follow and I do not: the newest, and their best
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param halfLifeDays => 7
// :param near => head([{authors: [['7', 0.02, 3.0], ['8', 0.01, 0.0]], similar: [['7', 0.5, '1'], ['8', 0.4, '1']]}])
// :param perPerson => 1000
// :param smoothing => head([{taste: 1e-5, history: 0.05, posts: 3, affinity: 1e-4, engagement: 2, interest: 0.05, proof: 0.5, recency: 1e-3}])
// :param perAuthor => 5
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:FOLLOWS]->(via:User)
  WHERE
    // fragment: people (person=via)
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(via) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(via) })
    AND (NOT coalesce(via.optedOut, false) OR via = me OR EXISTS { (me)-[:FOLLOWS]->(via) })
    // end fragment
  CALL (via) { MATCH (via)-[:FOLLOWS]->(author) RETURN author LIMIT $perPerson }
  RETURN author, 0.0 AS affinity, min(via.id) AS via
UNION ALL
  UNWIND $near.authors AS near
  MATCH (author:User {id: near[0]})
  RETURN author, near[1] AS affinity, null AS via
UNION ALL
  MATCH (me)-[:FOLLOWS]->(author)
  RETURN author, -1.0 AS affinity, null AS via
}
WITH me, author, max(affinity) AS affinity, min(affinity) < 0 AS followed, min(via) AS via
WHERE author <> me AND NOT followed AND via IS NOT NULL
WITH me, author, affinity, via ORDER BY affinity DESC, author.id LIMIT $keep / 2
CALL (me, author) {
  MATCH (author)-[:POSTED]->(post:Post)
  // Sorted before filtered: so the filters look at few posts of those who posted thousands
  WITH me, author, post ORDER BY coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) DESC,
    coalesce(post.likeCount, 0) DESC, post.id LIMIT 4 * $perAuthor
  WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) } AND
    // fragment: posts
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
    // end fragment
  RETURN post LIMIT $perAuthor
}
WITH post, author, affinity AS value, via, null AS link, log($smoothing.affinity + affinity) AS score
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, author, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, author: author.id, takenAt: post.takenAt, value: value, via: via, link: link}) AS all
UNWIND all[..CASE WHEN recent THEN $keep / 2 ELSE $keep END] AS one
RETURN recent, one.post AS post, one.author AS author, one.takenAt AS takenAt, one.value AS value, one.via AS via,
  one.link AS link
// end keep
