// Gives posts the words of their captions, unless somebody changed these since they were read
// :param rows => [{post: '1', caption: 'Golden hour', words: ' golden hour '}]
// :param characters => 100000
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
SET post.id = post.id // locked before it is compared
WITH row, post WHERE post.words IS NULL
  AND coalesce(left(toStringOrNull(post.caption), $characters) = row.caption, row.caption IS NULL AND post.caption IS NOT NULL)
SET post.words = row.words
