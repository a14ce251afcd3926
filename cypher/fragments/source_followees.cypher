// The newest posts of people I follow, and apart the newest of those who post seldom: a row for each post and source
CALL (me, bars) {
  // fragment: my_followees
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
  WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
    AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
  // end fragment
  // How many posts are late is known if all or the newest are read, or the late come first, then an older one
  CALL (followee) {
    // fragment: posts_read (author=followee)
    CALL (followee) {
      MATCH (followee)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
    UNION
      MATCH (followee)-[:RECENT]->(post) WHERE EXISTS { (followee)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
    }
    // end fragment
    WITH post, post.takenAt AS at, coalesce($request.seldomSince < post.takenAt <= $now, true) AS isLate,
      // fragment: in_window
      CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
        ELSE coalesce($request.since < post.takenAt <= $now, false) END
      // end fragment
      AS isThere
    WITH collect(isLate) AS late, sum(CASE WHEN isLate THEN 1 ELSE 0 END) AS count,
      collect(CASE WHEN isThere THEN {post: post, at: at, isLate: isLate} END) AS posts
    WITH posts, $quotas.missed > 0 AND count <= $request.seldomPosts
      AND (size(late) <> $bounds.scanned OR count < size(late) AND all(first IN late[..count] WHERE first)) AS isSeldom
    UNWIND posts AS one
    RETURN one.post AS post, coalesce(one.at, $mine.untimed) AS at, isSeldom AND one.isLate AS isMissed
  }
  // Cut to all that may be among the newest of either source, then sorted by time
  WITH post, at, isMissed, post.id AS id WHERE NOT id IN $request.exclude ORDER BY isMissed DESC, at DESC, id
  LIMIT $quotas.followees + CASE $quotas.missed WHEN 0 THEN 0 ELSE $request.seldomPosts * $bounds.followees END
  WITH post, isMissed ORDER BY at DESC, id
  WITH collect(post)[..$quotas.followees] AS newest, collect(CASE WHEN isMissed THEN post END)[..$quotas.missed] AS missed
  UNWIND [['missed', missed], ['followees', newest]] AS brought
  UNWIND brought[1] AS post
  RETURN post, brought[0] AS source
}
