// Deletes a pack of mine; returns how many. Its name and id are free, but who left it stays out of what I make later:
// they are kept at one pack of mine that has no people, no time, and an id that nobody knows
// needs: packs/put
// :param me => '42'
// :param pack => 'p1'
MATCH (me:User {id: $me})-[:MADE]->(pack:Pack {id: $pack})
WITH me, pack, EXISTS { (pack)<-[:LEFT]-() } AS wasLeft, head(COLLECT {
  MATCH (me)-[:MADE]->(former:Pack) WHERE former <> pack AND former.at IS NULL AND NOT EXISTS { (former)-[:HAS]->() }
  RETURN former LIMIT 1
}) AS former
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
