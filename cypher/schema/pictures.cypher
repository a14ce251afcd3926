// Vectors of pictures of posts that lack them in bytes, a page by id; without those that have no direction
// :param after => ''
// :param limit => 10
// :param size => 256
MATCH (post:Post)
USING INDEX post:Post(id)
WHERE post.id > $after
WITH post WHERE post.picture IS NOT NULL AND post.pictureBytes IS NULL
  AND CASE WHEN post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL AND size(post.picture) = $size
    THEN coalesce(0.9 < reduce(sum = 0.0, x IN post.picture | sum + x * x) < 1.1, false) ELSE false END
RETURN post.id AS post, post.picture AS vector
ORDER BY post LIMIT $limit
