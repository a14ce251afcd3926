// Spellings that are one hashtag, or about to become so, by the name of the variant
MATCH (variant:Hashtag)-[merged:VARIANT_OF|BECOMES]->(kept:Hashtag)
USING INDEX variant:Hashtag(name)
WHERE variant.name IS NOT NULL
RETURN coalesce(variant.display, variant.name) AS hashtag, coalesce(kept.display, kept.name) AS variantOf, merged.at AS at, merged.by AS mergedBy
ORDER BY variant.name, kept.name
