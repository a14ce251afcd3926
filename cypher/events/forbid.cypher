// Forbids a use of what I do: to learn from it, which also removes what was learned and ends my slates, or to count my
// likes for others; returns whether anything changed
// :param me => '42'
// :param use => 'profiling'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
SET me.id = me.id // locked, so that no build writes meanwhile
WITH me, NOT coalesce(CASE $use WHEN 'profiling' THEN me.notProfiled ELSE me.likesForSelf END <> false, false) AS changed
CALL (me, changed) {
  WITH me WHERE changed AND $use = 'likes'
  SET me.likesForSelf = true,
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
UNION
  WITH me WHERE $use = 'profiling'
  SET me.notProfiled = true, me.affinityAt = null
  // fragment: what_was_learned
  REMOVE me.factorsA, me.factorsB, me.factorsNormA, me.factorsNormB, me.factorsLikes, me.fastrpA, me.fastrpB, me.community,
    me['contentA'], me['contentB'], me['contentNormA'], me['contentNormB']
  WITH me
  CALL (me) {
    MATCH (me)-[near:AFFINITY]->()
    DELETE near
  }
  CALL (me) {
    CALL (me) { MATCH (me)-[interest:INTERESTED_IN]->() RETURN interest LIMIT 5000 }
    WITH interest WHERE interest.inferred
    DELETE interest
  }
  CALL (me) {
    CALL (me) { MATCH (me)-[:WAS_SHOWN|KEPT_SLATE]->(slate:Slate) RETURN slate LIMIT 1000 }
    WITH slate WHERE slate.profile <> 'newest' AND slate.features IS NOT NULL OR slate.poolFeatures IS NOT NULL
    SET slate.expiresAt = timestamp() - 1, slate.isKept = null
    REMOVE slate.links, slate.vias, slate.features, slate.names, slate.known, slate.never, slate.scores, slate.poolPosts, slate.poolAuthors, slate.poolSources,
      slate.poolHashtags, slate.poolFeatures, slate.poolShown, slate.poolLate, slate.poolLikes, slate.poolConstants,
      slate.poolAudiences, slate.poolPage
  }
  // end fragment
}
RETURN changed
