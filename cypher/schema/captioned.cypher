// Gives posts the words of their captions
// :param rows => [{post: '1', words: ' golden hour '}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
SET post.words = row.words
