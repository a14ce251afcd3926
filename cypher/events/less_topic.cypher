// Wants less of a topic, until a time or for good; returns whether anything changed. No row if there is no such topic
// :param me => '42'
// :param topic => 't1'
// :param at => timestamp()
// :param until => timestamp() + 60000
MATCH (me:User {id: $me})
MATCH (topic:Topic {id: $topic})
WITH me, topic, 'less' AS how
// fragment: topic_wanted
CALL (topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(named:Hashtag) RETURN of, named LIMIT 500 }
  WITH named ORDER BY of.place, named.name LIMIT 100
  WITH DISTINCT
    coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
    AS hashtag
  RETURN collect(hashtag) AS stay
}
WITH me, how, stay
CALL (me, stay) {
  MATCH (me)-[want:WANTS]->(hashtag) WHERE want.topic = $topic AND NOT hashtag IN stay
  DELETE want
  WITH hashtag, true AS changed
  WITH hashtag, changed, changed AND
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
    AS unused
  FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
  RETURN count(*) AS ended
}
CALL (me, how, stay) {
  UNWIND stay AS hashtag
  OPTIONAL MATCH (me)-[known:WANTS]->(hashtag)
  WITH me, how, hashtag, known WHERE known IS NULL OR known.topic IS NOT NULL OR coalesce(known.until <= $at, false) OR
    EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  WITH me, hashtag, how, $topic AS topic
  OPTIONAL MATCH (me)-[known:WANTS]->(hashtag)
  WITH me, hashtag, how, topic, NOT coalesce(known.how = how AND coalesce(known.topic = topic, known.topic IS NULL AND topic IS NULL)
      AND coalesce(known.until = $until, known.until IS NULL AND $until IS NULL), false)
    OR
    EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
    AS changed
  MERGE (me)-[want:WANTS]->(hashtag)
  FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET want.how = how, want.topic = topic, want.at = $at, want.until = $until)
  SET want.as = null // said of all spellings
  RETURN count(CASE WHEN changed THEN 1 END) AS wanted
}
// end fragment
RETURN ended + wanted > 0 AS changed
