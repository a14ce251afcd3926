// Removes what was learned of a batch of people who forbid it, as an import may say; returns how many
// :param batch => 2000
MATCH (me:User)
WHERE coalesce(me.notProfiled <> false, false)
  AND (me.affinityAt IS NOT NULL OR me.factorsLikes IS NOT NULL OR me.factorsA IS NOT NULL OR me.factorsB IS NOT NULL
    OR me['contentA'] IS NOT NULL OR me['contentB'] IS NOT NULL OR me.fastrpA IS NOT NULL OR me.fastrpB IS NOT NULL OR me.community IS NOT NULL OR EXISTS { (me)-[:AFFINITY]->() }
    OR EXISTS { (me)-[:INTERESTED_IN {inferred: true}]->() })
WITH me LIMIT $batch
SET me.affinityAt = null
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
RETURN count(*) AS people
