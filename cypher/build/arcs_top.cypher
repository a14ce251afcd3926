// The most liked posts of hashtags by month, in pages by internal id; month 0 is all time
// :param highest => 1000000
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (hashtag:Hashtag) WHERE id(hashtag) = id
  MATCH (hashtag)-[top:TOP]->(post)
  // Without its hashtag, as an older version wrote it, the index does not find it: no build has such a month
  WITH id, post, CASE WHEN top.hashtag = hashtag.name THEN toIntegerOrNull(top.month) END AS month
  RETURN collect(id) AS sources, collect(id(post)) AS targets, collect(coalesce(month, -1)) AS values
}
WITH sources, targets, values WHERE sources <> []
RETURN sources, targets, values
