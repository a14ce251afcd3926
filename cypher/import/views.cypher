// Adds who saw what and for how long, one view for each time
// :param rows => [{user: '42', post: '1', at: 1, properties: {dwellMs: 900}}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
MERGE (user)-[viewed:VIEWED {at: row.at}]->(post)
SET viewed += row.properties
