// I block a person; whether that changed anything
// :param me => '42'
// :param person => '7'
// :param at => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
WITH me, person, NOT EXISTS { (me)-[:BLOCKED]->(person) } AS changed
MERGE (me)-[blocked:BLOCKED]->(person)
  ON CREATE SET blocked.at = $at
RETURN changed
