// Posts that people of my taste liked: the best by how many did and by my history with the author
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param halfLifeDays => 7
// :param near => head([{authors: [['7', 0.02, 3.0], ['8', 0.01, 0.0]], similar: [['7', 0.5, '1'], ['8', 0.4, '1']]}])
// :param perPerson => 1000
// :param weights => head([{taste: 1.0, history: 0.5, affinity: 0.1, engagement: 0.1, interest: 0.1, proof: 0.1, recency: 1.0, prior: 1.0, feedback: 1.0}])
// :param smoothing => head([{taste: 1e-5, history: 0.05, posts: 3, affinity: 1e-4, engagement: 2, interest: 0.05, proof: 0.5, recency: 1e-3}])
// :param sensitive => false
// :param exclude => []
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  UNWIND range(0, size($near.similar) - 1) AS rank
  MATCH (other:User {id: $near.similar[rank][0]})
  WHERE other <> me AND
    // fragment: people (person=other)
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(other) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(other) })
    AND (NOT coalesce(other.optedOut, false) OR other = me OR EXISTS { (me)-[:FOLLOWS]->(other) })
    // end fragment
  CALL (other) {
    // In the order of the store, the latest first, so that nobody's many thousands are walked
    MATCH (other)-[:LIKED]->(post)
    RETURN post LIMIT $perPerson
  }
  WITH post, sum($near.similar[rank][1]) AS weight, min(rank) AS rank
  WITH post, weight / sqrt(1.0 + coalesce(post.likeCount, 0)) AS value, rank
  // Posts of the window, which is what a feed shows, stand beside the best of any age
  ORDER BY value * CASE WHEN $now - $windowDays * 86400000 < post.takenAt <= $now THEN 10 ELSE 1 END DESC, post.id
  LIMIT 5 * $keep
  RETURN post, value, $near.similar[rank][0] AS via, $near.similar[rank][2] AS link
}
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, collect({author: author, post: post, value: value, via: via, link: link}) AS found
CALL (found) {
  UNWIND found AS one
  RETURN one.author AS author, one, 0.0 AS history
UNION ALL
  UNWIND $near.authors AS known
  MATCH (author:User {id: known[0]})
  RETURN author, null AS one, known[2] AS history
}
WITH me, author, collect(one) AS found, max(history) AS history
WITH me, author, found, history, COUNT { (author)-[:POSTED]->() } AS posts
UNWIND found AS one
WITH me, author, one.post AS post, one.value AS value, one.via AS via, one.link AS link,
  $weights.taste * log($smoothing.taste + one.value)
  + $weights.history * log((history + $smoothing.history) / (posts + $smoothing.posts)) AS score
// Sorted before filtered: so the filters look at few posts
ORDER BY score + CASE WHEN $now - $windowDays * 86400000 < post.takenAt <= $now THEN log(10) ELSE 0 END DESC, post.id
LIMIT 3 * $keep
WITH *
WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) } AND
  // fragment: posts
  (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
  AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
  // end fragment
// keep: the best of the window, as a feed ranks them, and beside these the best of any age
WITH post, author, value, via, link, score, coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, false) AS recent
WITH *, score + CASE WHEN recent THEN log(0.5) * ($now - post.takenAt) / 86400000.0 / $halfLifeDays ELSE 0 END AS fresh
ORDER BY fresh DESC, post.id
WITH recent, collect({post: post.id, author: author.id, takenAt: post.takenAt, value: value, via: via, link: link}) AS all
UNWIND all[..CASE WHEN recent THEN $keep / 2 ELSE $keep END] AS one
RETURN recent, one.post AS post, one.author AS author, one.takenAt AS takenAt, one.value AS value, one.via AS via,
  one.link AS link
// end keep
