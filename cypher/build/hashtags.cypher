// Hashtags, each with the internal ids of its posts, the newest stored first
// :param perHashtag => 500
MATCH (hashtag:Hashtag) WHERE hashtag.name IS :: STRING NOT NULL
CALL (hashtag) {
  MATCH (hashtag)<-[:TAGGED]-(post)
  WITH post LIMIT $perHashtag
  RETURN collect(id(post)) AS posts
}
RETURN id(hashtag) AS node, hashtag.name AS hashtag, toFloatOrNull(hashtag.share) AS share, posts
