// Mutes a person; returns whether anything changed
// :param me => '42'
// :param person => '7'
// :param at => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
WITH me, person, NOT EXISTS { (me)-[:MUTED]->(person) } AS changed
MERGE (me)-[mutes:MUTED]->(person)
  ON CREATE SET mutes.at = $at
RETURN changed
