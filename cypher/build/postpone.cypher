// Puts a marked post behind all others that are marked, unless it was marked again
// :param rows => head([{node: 0, changedAt: 0, later: timestamp()}])
MATCH (post:Post) WHERE id(post) = $rows.node AND post.changedAt = $rows.changedAt
SET post.changedAt = $rows.later
RETURN count(*) AS posts
