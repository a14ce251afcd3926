// Forbids a use of what I do: to learn from it, which also removes what was learned, or to count my likes for others;
// returns whether anything changed
// :param me => '42'
// :param use => 'profiling'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
SET me.id = me.id // locked, so that no build writes meanwhile
WITH me, CASE $use WHEN 'profiling' THEN me.notProfiled ELSE me.likesForSelf END IS NULL AS changed
CALL (me) {
  WITH me WHERE $use = 'likes'
  SET me.likesForSelf = true,
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
UNION
  WITH me WHERE $use = 'profiling'
  SET me.notProfiled = true, me.affinityAt = null
  // fragment: what_was_learned
  REMOVE me.factorsA, me.factorsB, me.factorsNormA, me.factorsNormB, me.factorsLikes, me.fastrpA, me.fastrpB, me.community
  WITH me
  CALL (me) {
    MATCH (me)-[near:AFFINITY]->()
    DELETE near
  }
  CALL (me) {
    MATCH (me)-[interest:INTERESTED_IN {inferred: true}]->()
    DELETE interest
  }
  // end fragment
}
RETURN changed
