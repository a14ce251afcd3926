// Takes back what I want of a topic, but for the hashtags that stay; those that nothing uses any more are deleted
CALL (me, stay) {
  MATCH (me)-[want:WANTS]->(hashtag) WHERE want.topic = $topic AND NOT hashtag IN stay
  DELETE want
  WITH hashtag, true AS changed
  // fragment: hashtag_dropped
  WITH hashtag, changed, changed AND
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
    AS unused
  FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
  // end fragment
  RETURN count(*) AS ended
}
