// The people nearest to me without GDS: two steps of personalised PageRank, over my followees and theirs
// :param now => timestamp()
// :param damping => 0.85
// :param keep => 200
// :param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, seldomPosts: 2, seldomSince: timestamp() - 30 * 86400000, trendFading: 1.0, newArcs: false, limit: 60}])
MATCH (me:User {id: $request.me})
CALL (me) {
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow, followee LIMIT 1000 }
  WITH follow, followee WHERE coalesce(follow.since <= $now, true)
  RETURN followee LIMIT 200
}
WITH me, collect(followee) AS followees, count(*) AS count
UNWIND followees AS followee
CALL (followee) {
  CALL (followee) { MATCH (followee)-[follow:FOLLOWS]->(other) RETURN follow, other LIMIT 250 }
  WITH follow, other WHERE coalesce(follow.since <= $now, true)
  WITH other LIMIT 50
  RETURN collect(other) AS others
}
CALL (followee, others, count) {
  RETURN followee AS other, (1 - $damping) * $damping / count AS score
UNION ALL
  UNWIND others AS other
  RETURN other, (1 - $damping) * $damping ^ 2 / count / size(others) AS score
}
WITH me, other, sum(score) AS score
WHERE other <> me
RETURN other.id AS other, score
ORDER BY score DESC, other
LIMIT $keep
