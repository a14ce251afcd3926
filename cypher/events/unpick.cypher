// Unpicks a hashtag, which is deleted if nothing uses it any more; returns whether anything changed
// needs: events/pick
// :param me => '42'
// :param hashtag => 'sunset'
// fragment: hashtag_given
MATCH (me:User {id: $me})
OPTIONAL MATCH (named:Hashtag {name: $hashtag})
WITH me,
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  AS hashtag
// end fragment
OPTIONAL MATCH (me)-[picked:INTERESTED_IN]->(hashtag)
WITH hashtag, picked, picked IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE picked)
// fragment: hashtag_dropped
WITH hashtag, changed, changed AND
  NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
// end fragment
RETURN changed
