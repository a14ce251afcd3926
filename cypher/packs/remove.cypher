// Deletes a pack of mine; returns how many. Its name and id are free, but who left it stays out of what I make later:
// they are kept at a pack of mine that has no people, no time, and an id that nobody knows
// needs: packs/put
// :param me => '42'
// :param pack => 'p1'
MATCH (me:User {id: $me})
MATCH (pack:Pack {id: $pack}) WHERE EXISTS { (me)-[:MADE]->(pack) }
WITH me, pack, EXISTS { (pack)<-[:LEFT]-() } AS wasLeft
// One that very many left is kept as it is: to move them would take as long as they are many
WITH pack, wasLeft, CASE WHEN COUNT { (pack)<-[:LEFT]-() } <= 1000 THEN head(COLLECT {
  CALL (me) { MATCH (me)-[:MADE]->(other:Pack) RETURN other LIMIT 1000 }
  WITH other WHERE other <> pack AND other.at IS NULL AND NOT EXISTS { (other)-[:HAS]->() }
  RETURN other LIMIT 1
}) END AS former
CALL (pack) {
  OPTIONAL MATCH (pack)-[has:HAS]->()
  DELETE has
  RETURN count(has) AS gone
}
CALL (pack, former) {
  WITH pack, former WHERE former IS NOT NULL
  MATCH (person)-[left:LEFT]->(pack)
  MERGE (person)-[kept:LEFT]->(former)
    ON CREATE SET kept.at = left.at, kept.name = left.name
}
CALL (pack, former, wasLeft) {
  WITH pack WHERE wasLeft AND former IS NULL
  SET pack.id = randomUUID()
  REMOVE pack.at
}
CALL (pack, former, wasLeft) {
  WITH pack WHERE NOT wasLeft OR former IS NOT NULL
  DETACH DELETE pack
}
RETURN count(*) AS packs
