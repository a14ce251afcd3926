// Posts that were marked before a time because their likes have grown, the longest waiting first
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (post:Post) WHERE post.changedAt <= $before AND post.id IS :: STRING NOT NULL
RETURN id(post) AS node, post.id AS post, post.changedAt AS changedAt
ORDER BY post.changedAt, post.id
LIMIT $batch
