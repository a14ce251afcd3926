// Hides a post, or changes the reason; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param reason => 'seen_too_often'
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[before:HID]->(post)
// A report stays one, whatever else is said of the post
WITH me, post, before IS NULL OR coalesce(before.reason <> 'report' AND before.reason <> $reason, before.reason IS NULL AND $reason IS NOT NULL) AS changed
MERGE (me)-[hid:HID]->(post)
  ON CREATE SET hid.at = $at
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET hid.reason = coalesce($reason, hid.reason))
RETURN changed
