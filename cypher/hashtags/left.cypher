// Merges that are about to begin, merges and undone merges that are not complete, and variants that have ties of their
// hashtag's; each with its step. A merge that is about to begin and was undone later is 'ended'
MATCH (variant)-[begun:BECOMES]->(kept)
WITH variant, begun, kept ORDER BY begun.at, variant.name, kept.name
RETURN variant.name AS hashtag, kept.name AS variantOf,
  CASE WHEN EXISTS { (variant)-[undone:NOT_VARIANT_OF]-(kept) WHERE NOT coalesce(begun.at >= undone.at, false) } THEN 'ended' ELSE 'begun' END AS step,
  toStringOrNull(begun.by) AS by, toIntegerOrNull(begun.at) AS at
UNION ALL
MATCH (variant)-[merged:VARIANT_OF]->(kept)
WHERE merged.moving OR merged.undoing IS NOT NULL OR EXISTS { (variant)<-[:TAGGED|MUTED|WANTS|INTERESTED_IN]-() }
RETURN variant.name AS hashtag, kept.name AS variantOf, CASE WHEN merged.undoing IS NULL THEN 'merged' ELSE 'undoing' END AS step,
  null AS by, null AS at
UNION ALL
MATCH (variant)-[undone:NOT_VARIANT_OF]->(kept) WHERE undone.moving
RETURN variant.name AS hashtag, kept.name AS variantOf, 'undone' AS step, null AS by, null AS at
