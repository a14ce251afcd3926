// What decides whether I may make a pack of people: who made it, my packs, and people who may not be put into it
// :param me => '42'
// :param pack => 'p1'
// :param name => 'Snow in the Alps'
// :param people => ['42', '7']
MATCH (me:User {id: $me})
OPTIONAL MATCH (pack:Pack {id: $pack})
RETURN pack IS NOT NULL AS isKnown, EXISTS { (me)-[:MADE]->(pack) } AS isMine,
  COUNT { CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 } WITH other WHERE EXISTS { (other)-[:HAS]->() } RETURN other } AS packs,
  head(COLLECT { CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 }
    WITH other WHERE other.name = $name RETURN other.id ORDER BY other.id LIMIT 1 }) AS sameName,
  COLLECT { UNWIND $people AS id MATCH (person:User {id: id}) WHERE EXISTS { (person)-[:LEFT]->(pack) } RETURN id } AS left,
  COLLECT { UNWIND $people AS id MATCH (person:User {id: id}) WHERE NOT (
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
    ) RETURN id } AS hidden
