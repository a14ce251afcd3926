// Ties these people and hashtags to their newest posts, where reading those that come first in the store misses any
// :param nodes => [1]
// :param now => timestamp()
// :param scanned => 50
UNWIND $nodes AS id
MATCH (node:User|Hashtag) WHERE id(node) = id
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
CALL (node, recent) { MATCH (node)-[old:RECENT]->(post) WHERE NOT post IN recent DELETE old }
CALL (node, recent) { UNWIND recent AS post MERGE (node)-[:RECENT]->(post) }
RETURN count(*) AS nodes
