// Dismisses a person as a suggestion, for good; returns whether anything changed
// :param me => '42'
// :param person => '7'
// :param at => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
WITH me, person, NOT EXISTS { (me)-[:DISMISSED]->(person) } AS changed
MERGE (me)-[dismissed:DISMISSED]->(person)
  ON CREATE SET dismissed.at = $at
RETURN changed
