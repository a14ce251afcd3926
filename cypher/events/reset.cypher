// Resets what is learned from me: nothing that I did until now counts; of resets, the last ten stay. Returns whether
// anything changed
// :param me => '42'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
WITH me, NOT EXISTS { (me)-[:RESET {at: $at}]->(me) } AS changed
MERGE (me)-[reset:RESET {at: $at}]->(me)
  ON CREATE SET reset.recordedAt = $recordedAt
WITH me, changed
CALL (me) {
  MATCH (me)-[before:RESET]->(me)
  WITH before ORDER BY before.at DESC SKIP 10
  DELETE before
}
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
