// Wants more like a post; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[known:MORE_LIKE]->(post)
WITH me, post, known IS NULL OR
  // fragment: before_reset
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  // end fragment
  AS changed
MERGE (me)-[wanted:MORE_LIKE]->(post)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  SET wanted.at = $at,
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
