// Me and a hashtag, which is created if it is missing; of a variant, the hashtag that it belongs to
MATCH (me:User {id: $me})
MERGE (named:Hashtag {name: $hashtag})
  ON CREATE SET named.display = $display
WITH me,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
