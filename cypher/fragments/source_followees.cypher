// The newest posts of people I follow
CALL (me, bars) {
  // fragment: my_followees
  // end fragment
  CALL (followee) { MATCH (followee)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned }
  WITH post WHERE
    // fragment: in_window
    // end fragment
  RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $quotas.followees
}
