// The rows with their person and post
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
