// Undoes the merge of a variant for good, which was about to be undone; no row if it is undone
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset'}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[merged:VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf}) WHERE merged.undoing IS NOT NULL
MERGE (variant)-[undone:NOT_VARIANT_OF]->(kept)
SET undone.at = merged.undoing, undone.by = merged.by, undone.moving = true
DELETE merged
RETURN kept.name AS variantOf
