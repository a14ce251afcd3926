// Removes what was learned of me: vectors, community, affinity, and interests that were inferred
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
