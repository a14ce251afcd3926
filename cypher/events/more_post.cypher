// Wants more like a post; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
WITH me, post, NOT EXISTS { (me)-[:MORE_LIKE]->(post) } AS changed
MERGE (me)-[wanted:MORE_LIKE]->(post)
  ON CREATE SET wanted.at = $at
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
