// Adds who is shown in a post; returns the lines that name the unknown
// :param rows => [{line: 2, post: '1', user: '42'}]
UNWIND $rows AS row
OPTIONAL MATCH (post:Post {id: row.post})
OPTIONAL MATCH (user:User {id: row.user})
CALL (post, user) {
  WITH post, user WHERE post IS NOT NULL AND user IS NOT NULL
  MERGE (post)-[:MENTIONS]->(user)
}
WITH row, CASE WHEN post IS NULL THEN 'no post ' + row.post WHEN user IS NULL THEN 'no user ' + row.user END AS problem
WHERE problem IS NOT NULL
RETURN row.line AS line, problem
