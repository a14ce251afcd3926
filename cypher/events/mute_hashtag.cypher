// Mutes a hashtag, which is created if missing, until a time or for good; returns whether anything changed
// :param me => '42'
// :param hashtag => 'sunset'
// :param display => 'Sunset'
// :param at => timestamp()
// :param until => timestamp() + 60000
// fragment: hashtag_made
MATCH (me:User {id: $me})
MERGE (named:Hashtag {name: $hashtag})
  ON CREATE SET named.display = $display
WITH me,
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  AS hashtag
// end fragment
WITH me, hashtag
OPTIONAL MATCH (me)-[known:MUTED]->(hashtag)
WITH me, hashtag, known IS NULL OR NOT coalesce(known.until = $until, known.until IS NULL AND $until IS NULL) AS changed
MERGE (me)-[mutes:MUTED]->(hashtag)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET mutes.at = $at, mutes.until = $until)
SET mutes.as = null // said of all spellings
RETURN changed
