// I mute a hashtag no more, which goes if nobody uses it any more; whether that changed anything
// needs: events/mute_hashtag
// :param me => '42'
// :param hashtag => 'sunset'
MATCH (me:User {id: $me})
OPTIONAL MATCH (hashtag:Hashtag {name: $hashtag})
OPTIONAL MATCH (me)-[mutes:MUTED]->(hashtag)
WITH hashtag, mutes, mutes IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE mutes)
WITH hashtag, changed, changed AND NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|MUTED]-() } AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
RETURN changed
