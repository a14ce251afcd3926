// The newest posts of an author in the window, of those that are read
CALL (author) {
  // fragment: posts_read
  CALL (author) {
    MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
  UNION
    MATCH (author)-[:RECENT]->(post) WHERE EXISTS { (author)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
  }
  // end fragment
  WITH post WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $bounds.posts
}
