// Deletes a batch of a person's packs, with who is in them and who left them; returns how many people were in them
// needs: packs/put
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:MADE]->(pack)
WITH pack LIMIT $batch
CALL (pack) {
  OPTIONAL MATCH (pack)-[has:HAS]->()
  WITH pack, count(has) AS places
  DETACH DELETE pack
  RETURN places
}
RETURN coalesce(sum(places), 0) AS packs, count(*) AS derived
