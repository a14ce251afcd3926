// Reports a post, which hides it from me; a hide of it becomes a report; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[before:HID]->(post)
WITH me, post, NOT coalesce(before.reason = 'report', false) AS changed
MERGE (me)-[hid:HID]->(post)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET hid.reason = 'report', hid.at = $at)
RETURN changed
