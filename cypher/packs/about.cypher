// What decides whether I may make a pack of people: who made it, my packs, and people who may not be put into it
// :param me => '42'
// :param pack => 'p1'
// :param name => 'Snow in the Alps'
// :param people => ['42', '7']
MATCH (me:User {id: $me})
OPTIONAL MATCH (pack:Pack {id: $pack})
// Who left another pack of mine that had this name, or that I deleted: it might come back under any name and id
CALL (me, pack) {
  CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 }
  WITH pack, other, EXISTS { (other)-[:HAS]->() } AS isThere WHERE coalesce(other <> pack, true)
  MATCH (other)<-[left:LEFT]-(person) WHERE (NOT isThere OR left.name = $name) AND person.id IN $people
  WITH DISTINCT pack, person WHERE NOT EXISTS { (pack)-[:HAS]->(person) }
  RETURN collect(person) AS leavers
}
RETURN pack IS NOT NULL AS isKnown, EXISTS { (me)-[:MADE]->(pack) } AS isMine,
  COUNT { CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 } WITH other WHERE EXISTS { (other)-[:HAS]->() } RETURN other } AS packs,
  // One without people is deleted, or all have left: it keeps no name
  head(COLLECT { CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 }
    WITH other WHERE other.name = $name AND EXISTS { (other)-[:HAS]->() } RETURN other.id ORDER BY other.id LIMIT 1 }) AS sameName,
  COLLECT { UNWIND $people AS id MATCH (person:User {id: id}) WHERE EXISTS { (person)-[:LEFT]->(pack) } OR person IN leavers RETURN id } AS left,
  COLLECT { UNWIND $people AS id MATCH (person:User {id: id}) WHERE NOT (
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
    ) RETURN id } AS hidden
