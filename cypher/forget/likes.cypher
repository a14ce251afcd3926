// Deletes a batch of a person's likes and lowers the counters of the posts; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
SET me.id = me.id // locks the person, so that concurrent runs do not delete the same like
WITH me
MATCH (me)-[liked:LIKED]->(post)
WITH liked, post LIMIT $batch
DELETE liked
SET post.likeCount = CASE WHEN post.likeCount > 0 THEN post.likeCount - 1 ELSE 0 END
RETURN count(*) AS likes
