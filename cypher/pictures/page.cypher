// A page of posts by id, and whether each is due for a vector of its picture by a model
// :param after => ''
// :param model => 'efficientnet-lite0'
// :param limit => 10
MATCH (post:Post)
USING INDEX post:Post(id)
WHERE post.id > $after
WITH post ORDER BY post.id LIMIT $limit
RETURN post.id AS post, CASE WHEN post.imageUrl IS :: STRING THEN post.imageUrl END AS imageUrl,
  post.picture IS NULL OR post.pictureBytes IS NULL OR coalesce(post.pictureModel <> $model, true) AS due
ORDER BY post
