// The newest posts of a person or of a hashtag, if reading as many of those that come first in the store misses any
CALL (node) {
  CALL (node) {
    MATCH (node)-[:POSTED]->(post) RETURN post LIMIT $scanned
  UNION ALL
    MATCH (node)<-[:TAGGED]-(post) RETURN post LIMIT $scanned
  }
  RETURN collect(post) AS stored
}
CALL (node) {
  CALL (node) {
    MATCH (node)-[:POSTED]->(post) RETURN post
  UNION ALL
    MATCH (node)<-[:TAGGED]-(post) RETURN post
  }
  WITH post WHERE post.takenAt <= $now
  WITH post ORDER BY post.takenAt DESC, post.id LIMIT $scanned
  RETURN collect(post) AS newest
}
WITH node, CASE WHEN any(post IN newest WHERE NOT post IN stored) THEN newest ELSE [] END AS recent
