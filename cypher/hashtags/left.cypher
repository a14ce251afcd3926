// Merges that are about to begin, merges and undone merges that are not complete, and variants that have ties of their
// hashtag's; each with its step
MATCH (variant:Hashtag)-[begun:BECOMES]->(kept:Hashtag)
RETURN variant.name AS hashtag, kept.name AS variantOf, 'begun' AS step, toStringOrNull(begun.by) AS by, toIntegerOrNull(begun.at) AS at
UNION ALL
MATCH (variant:Hashtag)-[merged:VARIANT_OF]->(kept:Hashtag)
WHERE merged.moving OR merged.undoing IS NOT NULL OR EXISTS { (variant)<-[:TAGGED|MUTED|WANTS|INTERESTED_IN]-() }
RETURN variant.name AS hashtag, kept.name AS variantOf, CASE WHEN merged.undoing IS NULL THEN 'merged' ELSE 'undoing' END AS step,
  null AS by, null AS at
UNION ALL
MATCH (variant:Hashtag)-[undone:NOT_VARIANT_OF]->(kept:Hashtag) WHERE undone.moving
RETURN variant.name AS hashtag, kept.name AS variantOf, 'undone' AS step, null AS by, null AS at
