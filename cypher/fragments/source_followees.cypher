// The newest posts of people I follow
CALL (me, bars) {
  // fragment: my_followees
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
  WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
    AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
  // end fragment
  CALL (followee) { MATCH (followee)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned }
  WITH post WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $quotas.followees
}
