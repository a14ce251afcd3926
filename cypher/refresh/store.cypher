// Stores who is near to me and the candidates of my sources, in place of those that were: all or nothing
// :param me => '42'
// :param near => head([{authors: [['7', 0.02, 3.0], ['8', 0.01, 0.0]], similar: [['7', 0.5, '1'], ['8', 0.4, '1']]}])
// :param lists => [head([{source: 'interests', recent: true, asOf: timestamp(), posts: ['1'], authors: ['7'], times: [0], values: [0.1], vias: ['sunset'], links: ['']}])]
// :param staleSince => null
// :param acts => 0
// :param now => timestamp()
// :param profileHash => '0'
// :param without => []
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:HAS_CANDIDATES]->(list:Candidates)
  DETACH DELETE list
}
CALL (me) {
  MATCH (me)-[near:AFFINITY|SIMILAR_TASTE]->()
  DELETE near
}
CALL (me) {
  UNWIND $lists AS list
  CREATE (me)-[:HAS_CANDIDATES]->(candidates:Candidates)
  SET candidates = list
}
CALL (me) {
  UNWIND $near.authors AS near
  MATCH (author:User {id: near[0]})
  CREATE (me)-[:AFFINITY {score: near[1], history: near[2]}]->(author)
}
CALL (me) {
  UNWIND $near.similar AS near
  MATCH (other:User {id: near[0]})
  CREATE (me)-[:SIMILAR_TASTE {score: near[1]}]->(other)
}
// An act since the refresh began keeps the person stale
SET me.storedAsOf = $now, me.storedActs = $acts, me.storedHash = $profileHash, me.storedWithout = $without,
  me.staleSince = CASE WHEN me.staleSince <> coalesce($staleSince, -1) THEN me.staleSince END
RETURN me.id AS user
