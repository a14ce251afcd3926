// Vectors of pictures, a page of posts by id, with what posts have of them in bytes; only those of length 1
// :param after => ''
// :param limit => 10
// :param size => 256
MATCH (post:Post)
USING INDEX post:Post(id)
WHERE post.id > $after
WITH post WHERE post.picture IS NOT NULL
  AND CASE WHEN post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL AND size(post.picture) = $size
    THEN coalesce(0.9 < reduce(sum = 0.0, x IN post.picture | sum + x * x) < 1.1, false) ELSE false END
RETURN post.id AS post, post.picture AS vector, toStringOrNull(post.pictureBytes) AS numbers
ORDER BY post LIMIT $limit
