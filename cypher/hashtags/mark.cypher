// Notes on a page of what people said of a hashtag which spellings it was said of, before another one joins these
// :param rows => head([{hashtag: 'sunset', names: ['sunset'], ties: [0]}])
MATCH (hashtag:Hashtag {name: $rows.hashtag})
UNWIND $rows.ties AS tieId
MATCH ()-[tie]->(end)
WHERE id(tie) = tieId AND end = hashtag AND type(tie) IN ['MUTED', 'WANTS', 'INTERESTED_IN'] AND tie.as IS NULL
SET tie.as = $rows.names
RETURN count(*) AS ties
