// Some names, each with the hashtag that it belongs to and the variants of that
// :param names => ['gds.pageRank.stream']
UNWIND $names AS name
MATCH (named:Hashtag {name: name})
WITH name,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
RETURN name, hashtag.name AS hashtag, COLLECT { MATCH (hashtag)<-[:VARIANT_OF]-(variant) RETURN variant.name ORDER BY variant.name } AS variants
