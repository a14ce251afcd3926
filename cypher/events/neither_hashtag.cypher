// Takes back what I want of a hashtag, which is deleted if nothing uses it any more; returns whether anything changed
// needs: events/more_hashtag
// :param me => '42'
// :param hashtag => 'sunset'
MATCH (me:User {id: $me})
OPTIONAL MATCH (hashtag:Hashtag {name: $hashtag})
OPTIONAL MATCH (me)-[want:WANTS]->(hashtag)
WITH hashtag, want, want IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE want)
// fragment: hashtag_dropped
WITH hashtag, changed, changed AND
  NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() }
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
// end fragment
RETURN changed
