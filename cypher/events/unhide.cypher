// Unhides a post; returns whether anything changed
// needs: events/hide
// :param me => '42'
// :param post => '1'
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[hid:HID]->(post)
WITH hid, hid IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | DELETE hid)
RETURN changed
