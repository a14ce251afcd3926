// I hide a post no more; whether that changed anything
// needs: events/hide
// :param me => '42'
// :param post => '1'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[hid:HID]->(post)
WITH me, hid, hid IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE hid
  SET me.staleSince = $recordedAt)
RETURN changed
