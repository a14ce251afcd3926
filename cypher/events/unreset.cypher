// Takes back my last reset: what I did before it counts again; returns whether anything changed
// needs: events/reset
// :param me => '42'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
CALL (me) { OPTIONAL MATCH (me)-[reset:RESET]->(me) RETURN reset ORDER BY reset.at DESC LIMIT 1 }
WITH me, reset, reset IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE reset
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
