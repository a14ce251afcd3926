// Deletes a batch of a person's posts; returns how many
// needs: forget/post_ties
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:POSTED]->(post)
WITH post LIMIT $batch
DETACH DELETE post
RETURN count(*) AS posts
