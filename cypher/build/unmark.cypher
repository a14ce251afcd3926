// Removes the marks of posts whose lists are made, but for those that were marked again, or have a tenth more likes
// :param rows => [{node: 0, changedAt: timestamp(), listedLikes: 3}]
UNWIND $rows AS row
MATCH (post:Post) WHERE id(post) = row.node AND post.changedAt = row.changedAt
  AND (COUNT { (post)<-[:LIKED]-() } <= row.listedLikes OR 10 * COUNT { (post)<-[:LIKED]-() } < 11 * row.listedLikes)
REMOVE post.changedAt, post.changeFailures
RETURN count(*) AS posts
