// Adds views with their duration, one for each time
// :param rows => [{user: '42', post: '1', at: 1, properties: {dwellMs: 900}}]
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
MERGE (user)-[viewed:VIEWED {at: row.at}]->(post)
  ON CREATE SET viewed += row.properties
WITH row, viewed, any(name IN keys(row.properties)
    WHERE coalesce(viewed[name] <> row.properties[name], true)) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET viewed += row.properties)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
