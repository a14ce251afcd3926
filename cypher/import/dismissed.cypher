// Adds people who were dismissed as suggestions, keeping the earliest time
// :param rows => [{user: '42', person: '7', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (person:User {id: row.person})
MERGE (user)-[dismissed:DISMISSED]->(person)
  ON CREATE SET dismissed.at = row.at
WITH row, dismissed, coalesce(row.at < dismissed.at, row.at IS NOT NULL AND dismissed.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET dismissed.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
