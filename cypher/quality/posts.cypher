// Posts with the internal ids of their hashtags, the newest stored first, and the places of the words that they say;
// $untimed stands for no time
// :param untimed => -4611686018427387904
// :param words => head([{snow: 0}])
MATCH (post:Post) WHERE post.id IS :: STRING NOT NULL
RETURN id(post) AS node, post.id AS id, coalesce(toIntegerOrNull(post.takenAt), $untimed) AS takenAt,
  coalesce(toIntegerOrNull(post.likeCount), 0) AS likeCount, coalesce(post.sensitive <> false, false) AS sensitive,
  coalesce(post.visibility <> 'public', false) AS closed,
  // fragment: for_followers
  (coalesce(post.visibility <> 'public', false)
    OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
  // end fragment
  AS forFollowers,
  toStringOrNull(post.pictureModel) AS model, toStringOrNull(post.pictureBytes) AS picture,
  coalesce(toFloatOrNull(post.trend), 0.0) AS trend, toFloatOrNull(post.dwell) AS dwell,
  CASE WHEN keys($words) = [] THEN [] ELSE coalesce(
    [word IN split(trim(toStringOrNull(post.words)), ' ') WHERE $words[word] IS NOT NULL | $words[word]], []) END AS said,
  COLLECT { MATCH (post)-[:TAGGED]->(hashtag) RETURN id(hashtag) } AS tags
