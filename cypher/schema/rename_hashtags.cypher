// Renames hashtags, with what was built of them, unless another one has the name
// :param rows => [{hashtag: 'x', name: 'sundown'}]
UNWIND $rows AS row
MATCH (hashtag:Hashtag {name: row.hashtag}) WHERE NOT EXISTS { MATCH (:Hashtag {name: row.name}) }
SET hashtag.name = row.name
WITH hashtag
MATCH (hashtag)-[top:TOP]->()
SET top.hashtag = hashtag.name
