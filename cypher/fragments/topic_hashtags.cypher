// The hashtags of a topic, the most typical ones; of a variant, the hashtag that it belongs to
CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(named:Hashtag) RETURN of, named LIMIT 500 }
WITH named ORDER BY of.place, named.name LIMIT 100
WITH DISTINCT
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
