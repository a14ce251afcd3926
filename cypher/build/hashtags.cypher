// Hashtags, each with the internal ids of its posts, as the store has them, and of those tied to it as its newest
// :param perHashtag => 500
MATCH (hashtag:Hashtag) WHERE hashtag.name IS :: STRING NOT NULL
CALL (hashtag) {
  MATCH (hashtag)<-[:TAGGED]-(post)
  WITH post LIMIT $perHashtag
  RETURN collect(id(post)) AS posts
}
WITH hashtag, posts, COLLECT { MATCH (hashtag)-[:RECENT]->(post) WHERE EXISTS { (hashtag)<-[:TAGGED]-(post) } RETURN id(post) } AS recent
RETURN id(hashtag) AS node, hashtag.name AS hashtag, toFloatOrNull(hashtag.share) AS share, posts, recent
