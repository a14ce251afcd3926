// Stores vectors of pictures, but not of those whose address changed since it was read
// :param rows => [{post: '1', imageUrl: null, vector: [1.0] + [i IN range(2, 256) | 0.0], numbers: 'fwAA'}]
// :param model => 'efficientnet-lite0'
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
SET post.id = post.id // locked before its address is read
WITH row, post WHERE coalesce(CASE WHEN post.imageUrl IS :: STRING THEN post.imageUrl END, '') = coalesce(row.imageUrl, '')
CALL db.create.setNodeVectorProperty(post, 'picture', row.vector)
SET post.pictureModel = $model, post.pictureBytes = row.numbers
RETURN collect(post.id) AS posts
