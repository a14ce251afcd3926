// Merged hashtags and what they belong to, the latest first, or undone merges; of one hashtag, or of all if it is ''
// :param hashtag => 'sunset'
// :param undone => false
// :param limit => 10
CALL () {
  WITH * WHERE NOT $undone
  MATCH (variant:Hashtag)-[tie:VARIANT_OF]->(kept:Hashtag) WHERE $hashtag IN ['', variant.name, kept.name]
  RETURN variant, tie, kept
UNION ALL
  WITH * WHERE $undone
  MATCH (variant:Hashtag)-[tie:NOT_VARIANT_OF]->(kept:Hashtag) WHERE $hashtag IN ['', variant.name, kept.name]
  RETURN variant, tie, kept
}
WITH variant, tie, kept ORDER BY tie.at DESC, variant.name LIMIT $limit
RETURN variant.name AS hashtag, coalesce(toStringOrNull(variant.display), variant.name) AS display, kept.name AS variantOf, toStringOrNull(tie.by) AS by,
  toIntegerOrNull(tie.at) AS at
ORDER BY at DESC, hashtag
