// The hashtag that a name belongs to: itself, or the one of which it is a variant
coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
