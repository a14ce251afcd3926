// Takes back some of a person's comments, and the counters of the posts go down with them; how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
SET me.id = me.id // takes the person's lock, so that no two runs of this take back the same comment
WITH me
MATCH (me)-[comment:COMMENTED]->(post)
WITH comment, post LIMIT $batch
DELETE comment
SET post.commentCount = CASE WHEN post.commentCount > 0 THEN post.commentCount - 1 ELSE 0 END
RETURN count(*) AS comments
