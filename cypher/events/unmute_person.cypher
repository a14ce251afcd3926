// Unmutes a person; returns whether anything changed
// needs: events/mute_person
// :param me => '42'
// :param person => '7'
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[mutes:MUTED]->(person)
WITH mutes, mutes IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE mutes)
RETURN changed
