// Gives posts the vectors of their pictures in bytes, unless these changed since they were read
// :param rows => [{post: '1', first: 1.0, numbers: 'fwAA'}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
SET post.id = post.id // locked before it is compared
WITH row, post WHERE coalesce(post.picture[0] = row.first, false)
SET post.pictureBytes = row.numbers
