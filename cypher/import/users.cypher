// Adds or completes people
// :param rows => [{id: '42', properties: {username: 'ana'}}]
UNWIND $rows AS row
MERGE (user:User {id: row.id})
SET user += row.properties
