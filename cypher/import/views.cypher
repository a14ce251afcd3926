// Adds who saw what and for how long, a view a time; returns the lines that name the unknown
// :param rows => [{line: 2, user: '42', post: '1', at: 1, properties: {dwellMs: 900}}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
OPTIONAL MATCH (post:Post {id: row.post})
CALL (row, user, post) {
  WITH row, user, post WHERE user IS NOT NULL AND post IS NOT NULL
  MERGE (user)-[viewed:VIEWED {at: row.at}]->(post)
  SET viewed += row.properties
}
WITH row, CASE WHEN user IS NULL THEN 'no user ' + row.user WHEN post IS NULL THEN 'no post ' + row.post END AS problem
WHERE problem IS NOT NULL
RETURN row.line AS line, problem
