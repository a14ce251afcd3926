// Deletes a batch of a person's comments and lowers the counters of the posts; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
SET me.id = me.id // locks the person, so that concurrent runs do not delete the same comment
WITH me
MATCH (me)-[comment:COMMENTED]->(post)
WITH comment, post LIMIT $batch
DELETE comment
SET post.commentCount = CASE WHEN post.commentCount > 0 THEN post.commentCount - 1 ELSE 0 END
RETURN count(*) AS comments
