// Takes back some of a person's likes, and the counters of the posts go down with them; how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
SET me.id = me.id // takes the person's lock, so that no two runs of this take back the same like
WITH me
MATCH (me)-[liked:LIKED]->(post)
WITH liked, post LIMIT $batch
DELETE liked
SET post.likeCount = CASE WHEN post.likeCount > 0 THEN post.likeCount - 1 ELSE 0 END
RETURN count(*) AS likes
