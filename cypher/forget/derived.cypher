// Removes some of a person's stored candidates and slates; how many
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:HAS_CANDIDATES|WAS_SHOWN]->(list)
WITH list LIMIT $batch
DETACH DELETE list
RETURN count(*) AS derived
