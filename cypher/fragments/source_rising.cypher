// Posts whose likes are growing
CALL () {
  MATCH (:Build {name: 'current'})-[:RISING]->(post) WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY coalesce(post.trend, 0) DESC, post.id LIMIT $quotas.rising
}
