// Removes what was learned of me: vectors, community, affinity, interests that were inferred, and what slates of mine
// tell of my taste, which end. Of very many interests and slates, those that the store gives first
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
