// Picks a hashtag as an interest, which is created if missing; returns whether anything changed
// :param me => '42'
// :param hashtag => 'sunset'
// :param display => 'Sunset'
// :param at => timestamp()
// fragment: hashtag_made
MATCH (me:User {id: $me})
MERGE (named:Hashtag {name: $hashtag})
  ON CREATE SET named.display = $display
WITH me,
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  AS hashtag
// end fragment
WITH me, hashtag
OPTIONAL MATCH (me)-[known:INTERESTED_IN]->(hashtag)
WITH me, hashtag, known IS NULL OR coalesce(known.inferred, false) OR
  // fragment: before_reset
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  // end fragment
  AS changed
MERGE (me)-[picked:INTERESTED_IN]->(hashtag)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET picked.at = $at, picked.inferred = null)
SET picked.as = null // said of all spellings
RETURN changed
