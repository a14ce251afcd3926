// Posts of an author in the window, of those that come first in the store, which are the newest stored
CALL (author) {
  CALL (author) { MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned }
  WITH post WHERE $request.since IS NULL OR $request.since < post.takenAt <= $now
  RETURN post LIMIT $bounds.posts
}
