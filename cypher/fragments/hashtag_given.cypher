// Me and a hashtag, or null if it is missing; of a variant, the hashtag that it belongs to
MATCH (me:User {id: $me})
OPTIONAL MATCH (named:Hashtag {name: $hashtag})
WITH me,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
