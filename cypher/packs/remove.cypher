// Empties a pack of mine, and deletes it unless somebody left it, who stay out if it is made again; returns how many
// needs: packs/put
// :param me => '42'
// :param pack => 'p1'
MATCH (me:User {id: $me})-[:MADE]->(pack:Pack {id: $pack})
WHERE EXISTS { (pack)-[:HAS]->() }
CALL (pack) {
  MATCH (pack)-[has:HAS]->()
  DELETE has
  RETURN count(*) AS gone
}
CALL (pack) {
  WITH pack WHERE NOT EXISTS { (pack)<-[:LEFT]-() }
  DETACH DELETE pack
}
RETURN count(*) AS packs
