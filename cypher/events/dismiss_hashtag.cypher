// Dismisses a hashtag as an interest, which is created if missing; returns whether anything changed
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
WITH me, hashtag, 'none' AS how, null AS topic
// fragment: want_changed
OPTIONAL MATCH (me)-[known:WANTS]->(hashtag)
WITH me, hashtag, how, topic, NOT coalesce(known.how = how AND coalesce(known.topic = topic, known.topic IS NULL AND topic IS NULL)
    AND coalesce(known.until = $until, known.until IS NULL AND $until IS NULL), false)
  OR
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  AS changed
MERGE (me)-[want:WANTS]->(hashtag)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET want.how = how, want.topic = topic, want.at = $at, want.until = $until)
SET want.as = null // said of all spellings
// end fragment
RETURN changed
