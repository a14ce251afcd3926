// Takes back what I want of a topic, also of one that is no more; returns whether anything changed
// needs: events/more_topic
// :param me => '42'
// :param topic => 't1'
MATCH (me:User {id: $me})
WITH me, [] AS stay
// fragment: topic_wish_ended
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
// end fragment
RETURN ended > 0 AS changed
