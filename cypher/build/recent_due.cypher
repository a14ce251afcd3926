// People and hashtags that lack ties to their newest posts, where those that come first in the store are others, or
// have ties that they need not; a page of nodes together, in pages by internal id
// :param highest => 1000000
// :param now => timestamp()
// :param scanned => 50
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (node:User|Hashtag) WHERE id(node) = id
    AND (COUNT { (node)-[:POSTED]->() } + COUNT { (node)<-[:TAGGED]-() } > $scanned OR EXISTS { (node)-[:RECENT]->() })
  // fragment: recent_posts
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
  // end fragment
  WITH node, recent, COLLECT { MATCH (node)-[:RECENT]->(post) RETURN post } AS before
  WHERE size(before) <> size(recent) OR any(post IN recent WHERE NOT post IN before)
  RETURN collect(id(node)) AS nodes
}
WITH nodes WHERE nodes <> []
RETURN nodes
