// Adds the hashtags of posts, keeping the first spelling
// :param rows => [{post: '1', hashtag: 'sunset', display: 'Sunset'}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
MERGE (hashtag:Hashtag {name: row.hashtag})
  ON CREATE SET hashtag.display = row.display
MERGE (post)-[:TAGGED]->(hashtag)
RETURN count(*) AS rows, 0 AS updated
