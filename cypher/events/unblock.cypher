// Unblocks a person; returns whether anything changed
// needs: events/block
// :param me => '42'
// :param person => '7'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[blocked:BLOCKED]->(person)
WITH me, blocked, blocked IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE blocked
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
