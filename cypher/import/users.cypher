// Adds or completes people; the affinity of new ones is due
// :param rows => [{id: '42', properties: {username: 'ana'}}]
// :param recordedAt => timestamp()
UNWIND $rows AS row
MERGE (user:User {id: row.id})
  ON CREATE SET user += row.properties, user.affinityAt = $recordedAt
WITH row, user, any(name IN keys(row.properties)
    WHERE coalesce(user[name] <> row.properties[name], true)) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET user += row.properties)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
