// The posts that are liked more and more
CALL () {
  MATCH (:Build {name: 'current'})-[:RISING]->(post) WHERE
    // fragment: in_window
    // end fragment
  RETURN post ORDER BY coalesce(post.trend, 0) DESC, post.id LIMIT $quotas.rising
}
