// Replaces the affinity of some people and clears their marks, except marks set meanwhile; returns how many people
// :param rows => head([{known: timestamp(), people: [{node: 0, mark: null, others: [1], scores: [0.1]}]}])
UNWIND $rows.people AS row
MATCH (me:User) WHERE id(me) = row.node AND me.knownSince <= $rows.known
SET me.affinityFailures = null // locked, so that nobody forbids it meanwhile
WITH me, row
CALL (me, row) {
  OPTIONAL MATCH (me)-[old:AFFINITY]->()
  DELETE old
  WITH DISTINCT me, row
  WITH me, row WHERE NOT coalesce(me.notProfiled <> false, false)
  UNWIND range(0, size(row.others) - 1) AS place
  MATCH (other:User) WHERE id(other) = row.others[place] AND other.knownSince <= $rows.known
  CREATE (me)-[:AFFINITY {score: row.scores[place]}]->(other)
}
SET me.affinityAt = CASE me.affinityAt WHEN row.mark THEN null ELSE me.affinityAt END
RETURN count(*) AS people
