// Posts of an author in the window, of those that come first in the store, which are the newest stored
CALL (author) {
  CALL (author) { MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned }
  WITH post WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post LIMIT $bounds.posts
}
