// Ends mutes and wishes whose time is over, some at a time; returns their number
// :param now => timestamp()
// :param batch => 2000
CALL () {
  MATCH ()-[tie:MUTED]->(other) WHERE tie.until <= $now RETURN tie, other LIMIT $batch
UNION ALL
  MATCH ()-[tie:WANTS]->(other) WHERE tie.until <= $now RETURN tie, other LIMIT $batch
}
WITH other, collect(tie) AS ties
FOREACH (tie IN ties | DELETE tie)
WITH other, size(ties) AS ended, other:Hashtag AND
  // fragment: hashtag_unused (hashtag=other)
  NOT EXISTS { (other)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (other)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
  // end fragment
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE other)
RETURN sum(ended) AS ended
