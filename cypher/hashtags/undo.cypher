// Undoes the merge of a variant for good; returns the hashtag that it belonged to
// :param now => timestamp()
// :param hashtag => 'sunset'
MATCH (variant:Hashtag {name: $hashtag})-[merged:VARIANT_OF]->(kept:Hashtag)
MERGE (variant)-[undone:NOT_VARIANT_OF]->(kept)
SET undone.at = $now, undone.by = merged.by, undone.moving = true
DELETE merged
RETURN kept.name AS variantOf
