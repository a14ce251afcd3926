// The given posts that have another author already
// :param rows => [{post: '1', author: '7'}]
UNWIND $rows AS row
MATCH (author:User)-[:POSTED]->(:Post {id: row.post})
WHERE author.id <> row.author
RETURN row.post AS post, row.author AS given, author.id AS author
