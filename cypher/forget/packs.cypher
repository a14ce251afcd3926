// Deletes a batch of a person's packs, with who is in them and who left them; returns how many people these were,
// and how many packs had none
// needs: packs/put
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:MADE]->(pack)
WITH pack LIMIT $batch
CALL (pack) {
  OPTIONAL MATCH (pack)-[place:HAS|LEFT]-()
  WITH pack, count(place) AS places
  DETACH DELETE pack
  RETURN places
}
RETURN coalesce(sum(places), 0) AS packs, count(CASE WHEN places = 0 THEN 1 END) AS derived
