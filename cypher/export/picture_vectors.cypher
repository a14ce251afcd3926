// Vectors of posts' pictures, by the ids of the posts
MATCH (post:Post)
USING INDEX post:Post(id)
WHERE post.id IS NOT NULL AND post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL AND post.pictureModel IS :: STRING NOT NULL
RETURN post.id AS post, post.pictureModel AS model, post.picture AS vector
ORDER BY post
