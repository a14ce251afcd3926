// Learns nothing from what a person likes; returns whether anything changed
// :param me => '42'
// :param person => '7'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
WITH me, person, NOT EXISTS { (me)-[:UNLEARNED]->(person) } AS changed
MERGE (me)-[unlearned:UNLEARNED]->(person)
  ON CREATE SET unlearned.at = $at
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
