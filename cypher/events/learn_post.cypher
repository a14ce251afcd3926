// Learns again from what I did with a post; returns whether anything changed
// needs: events/unlearn_post
// :param me => '42'
// :param post => '1'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[unlearned:UNLEARNED]->(post)
WITH me, unlearned, unlearned IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE unlearned
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
