// Merges and undone merges that are not complete, and variants that have ties of their hashtag's
MATCH (variant:Hashtag)-[merged:VARIANT_OF]->(kept:Hashtag)
WHERE merged.moving OR EXISTS { (variant)<-[:TAGGED|MUTED|WANTS|INTERESTED_IN]-() }
RETURN variant.name AS hashtag, kept.name AS variantOf, false AS undone
UNION ALL
MATCH (variant:Hashtag)-[undone:NOT_VARIANT_OF]->(kept:Hashtag) WHERE undone.moving
RETURN variant.name AS hashtag, kept.name AS variantOf, true AS undone
