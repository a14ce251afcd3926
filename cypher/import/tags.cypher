// Adds the hashtags of posts, the first spelling kept for people; returns the lines that name an unknown post
// :param rows => [{line: 2, post: '1', hashtag: 'sunset', display: 'Sunset'}]
UNWIND $rows AS row
OPTIONAL MATCH (post:Post {id: row.post})
CALL (row, post) {
  WITH row, post WHERE post IS NOT NULL
  MERGE (hashtag:Hashtag {name: row.hashtag})
    ON CREATE SET hashtag.display = row.display
  MERGE (post)-[:TAGGED]->(hashtag)
}
WITH row WHERE post IS NULL
RETURN row.line AS line, 'no post ' + row.post AS problem
