// Adds which posts a person hid, the earliest time kept
// :param rows => [{user: '42', post: '1', at: null, properties: {reason: 'seen too often'}}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
MERGE (user)-[hid:HID]->(post)
SET hid.at = CASE WHEN row.at < hid.at OR hid.at IS NULL THEN row.at ELSE hid.at END,
    hid += row.properties
