// Renames hashtags, with what was built of them, unless another one has the name; returns the former names
// :param rows => [{hashtag: 'x', name: 'sundown'}]
UNWIND $rows AS row
MATCH (hashtag:Hashtag {name: row.hashtag}) WHERE NOT EXISTS { MATCH (:Hashtag {name: row.name}) }
SET hashtag.name = row.name
WITH row, hashtag
CALL (row, hashtag) {
  MATCH (hashtag)-[top:TOP]->()
  SET top.hashtag = row.name
}
RETURN row.hashtag AS hashtag
