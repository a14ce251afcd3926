// Captions of posts that lack their words, a page by id; of very long ones the beginning
// :param after => ''
// :param characters => 100000
// :param limit => 10
MATCH (post:Post) WHERE post.id > $after AND post.caption IS NOT NULL AND post.words IS NULL
RETURN post.id AS post, left(toStringOrNull(post.caption), $characters) AS caption
ORDER BY post LIMIT $limit
