// Adds who blocked whom, the earliest time kept; returns the lines that name unknown people
// :param rows => [{line: 2, user: '42', blocked: '7', at: null}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
OPTIONAL MATCH (other:User {id: row.blocked})
CALL (row, user, other) {
  WITH row, user, other WHERE user IS NOT NULL AND other IS NOT NULL
  MERGE (user)-[blocked:BLOCKED]->(other)
  SET blocked.at = CASE WHEN row.at < blocked.at OR blocked.at IS NULL THEN row.at ELSE blocked.at END
}
WITH row, CASE WHEN user IS NULL THEN row.user WHEN other IS NULL THEN row.blocked END AS unknown
WHERE unknown IS NOT NULL
RETURN row.line AS line, 'no user ' + unknown AS problem
