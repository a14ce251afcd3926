// Hides a post, or changes the reason; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param reason => 'seen_too_often'
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[known:HID]->(post)
// A report stays one, whatever else is said of the post
WITH me, post, known IS NULL OR coalesce(known.reason <> 'report' AND known.reason <> $reason, known.reason IS NULL AND $reason IS NOT NULL) AS changed,
  known IS NOT NULL AND
  // fragment: before_reset
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  // end fragment
  AS isOfBefore
MERGE (me)-[hid:HID]->(post)
  ON CREATE SET hid.at = $at
FOREACH (_ IN CASE WHEN isOfBefore THEN [1] ELSE [] END | SET hid.at = $at)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET hid.reason = coalesce($reason, hid.reason))
RETURN changed OR isOfBefore AS changed
