// Deletes a batch of a person's slates; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:WAS_SHOWN|KEPT_SLATE]->(slate)
WITH slate LIMIT $batch
DETACH DELETE slate
RETURN count(*) AS derived
