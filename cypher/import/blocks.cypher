// Adds who blocked whom, the earliest time kept
// :param rows => [{user: '42', blocked: '7', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (other:User {id: row.blocked})
MERGE (user)-[blocked:BLOCKED]->(other)
SET blocked.at = CASE WHEN row.at < blocked.at OR blocked.at IS NULL THEN row.at ELSE blocked.at END
