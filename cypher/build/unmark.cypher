// Clears the marks of posts whose lists were built, except those marked again or with a tenth more likes by now
// :param rows => [{node: 0, changedAt: timestamp(), listedLikes: 3}]
UNWIND $rows AS row
MATCH (post:Post) WHERE id(post) = row.node AND post.changedAt = row.changedAt
  AND (COUNT { (post)<-[:LIKED]-() } <= row.listedLikes OR 10 * COUNT { (post)<-[:LIKED]-() } < 11 * row.listedLikes)
REMOVE post.changedAt, post.changeFailures
RETURN count(*) AS posts
