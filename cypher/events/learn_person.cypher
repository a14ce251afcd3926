// Learns again from what a person likes; returns whether anything changed
// needs: events/unlearn_person
// :param me => '42'
// :param person => '7'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
OPTIONAL MATCH (me)-[unlearned:UNLEARNED]->(person)
WITH me, unlearned, unlearned IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE unlearned
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
