// Adds the people shown in posts
// :param rows => [{post: '1', user: '42'}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
MATCH (user:User {id: row.user})
MERGE (post)-[:MENTIONS]->(user)
RETURN count(*) AS rows, 0 AS updated
