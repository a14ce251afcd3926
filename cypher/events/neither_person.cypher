// Takes back that I dismissed a person as a suggestion; returns whether anything changed
// needs: events/dismiss_person
// :param me => '42'
// :param person => '7'
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[dismissed:DISMISSED]->(person)
WITH dismissed, dismissed IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE dismissed)
RETURN changed
