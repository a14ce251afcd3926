// Undone merges of hashtags, by the name of what was a variant
MATCH (variant:Hashtag)-[undone:NOT_VARIANT_OF]->(kept:Hashtag)
USING INDEX variant:Hashtag(name)
WHERE variant.name IS NOT NULL
RETURN coalesce(variant.display, variant.name) AS hashtag, coalesce(kept.display, kept.name) AS variantOf, undone.at AS at, undone.by AS mergedBy
ORDER BY variant.name, kept.name
