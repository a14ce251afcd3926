// Deletes a batch of the comments on a person's posts; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:POSTED]->()<-[comment:COMMENTED]-()
WITH comment LIMIT $batch
DELETE comment
RETURN count(*) AS comments
