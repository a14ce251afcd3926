// Mutes a person, until a time or for good; returns whether anything changed
// :param me => '42'
// :param person => '7'
// :param at => timestamp()
// :param until => timestamp() + 60000
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[known:MUTED]->(person)
WITH me, person, known IS NULL OR NOT coalesce(known.until = $until, known.until IS NULL AND $until IS NULL) AS changed
MERGE (me)-[mutes:MUTED]->(person)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET mutes.at = $at, mutes.until = $until)
RETURN changed
