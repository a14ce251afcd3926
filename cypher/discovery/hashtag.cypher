// A hashtag with the spelling that people see; of a variant, those of
// the hashtag that it belongs to; no row if it is unknown
// :param hashtag => 'sunset'
MATCH (named:Hashtag {name: $hashtag})
WITH
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
RETURN hashtag.name AS name, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display
