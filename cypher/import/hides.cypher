// Adds hidden posts, keeping the earliest time
// :param rows => [{user: '42', post: '1', at: null, properties: {reason: 'seen too often'}}]
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
MERGE (user)-[hid:HID]->(post)
  ON CREATE SET hid.at = row.at, hid += row.properties
WITH row, hid, coalesce(row.at < hid.at, row.at IS NOT NULL AND hid.at IS NULL) AS earlier,
     any(name IN keys(row.properties) WHERE coalesce(hid[name] <> row.properties[name], true)) AS differs
FOREACH (_ IN CASE WHEN earlier THEN [1] ELSE [] END | SET hid.at = row.at)
FOREACH (_ IN CASE WHEN differs THEN [1] ELSE [] END | SET hid += row.properties)
RETURN count(*) AS rows, count(CASE WHEN earlier OR differs THEN 1 END) AS updated
