// Adds which posts a person hid, the earliest time kept; returns the lines that name the unknown
// :param rows => [{line: 2, user: '42', post: '1', at: null, properties: {reason: 'seen too often'}}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
OPTIONAL MATCH (post:Post {id: row.post})
CALL (row, user, post) {
  WITH row, user, post WHERE user IS NOT NULL AND post IS NOT NULL
  MERGE (user)-[hid:HID]->(post)
  SET hid.at = CASE WHEN row.at < hid.at OR hid.at IS NULL THEN row.at ELSE hid.at END,
      hid += row.properties
}
WITH row, CASE WHEN user IS NULL THEN 'no user ' + row.user WHEN post IS NULL THEN 'no post ' + row.post END AS problem
WHERE problem IS NOT NULL
RETURN row.line AS line, problem
