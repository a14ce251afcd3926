// Hashtags on most posts, each with its spelling, the number of its posts and how many variants it has
// :param limit => 10
MATCH (hashtag:Hashtag) WHERE hashtag.name IS :: STRING NOT NULL
WITH hashtag, COUNT { (hashtag)<-[:TAGGED]-() } AS posts WHERE posts > 1
ORDER BY posts DESC, hashtag.name LIMIT $limit
RETURN hashtag.name AS hashtag, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display, posts,
  COUNT { (hashtag)<-[:VARIANT_OF]-() } AS variants
ORDER BY posts DESC, hashtag
