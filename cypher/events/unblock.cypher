// I block a person no more; whether that changed anything
// needs: events/block
// :param me => '42'
// :param person => '7'
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[blocked:BLOCKED]->(person)
WITH blocked, blocked IS NOT NULL AS changed
DELETE blocked
RETURN changed
