// Pairs of hashtags whose merge was undone
MATCH (variant:Hashtag)-[:NOT_VARIANT_OF]->(kept:Hashtag)
RETURN variant.name AS hashtag, kept.name AS variantOf
