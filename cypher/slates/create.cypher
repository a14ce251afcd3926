// Stores a slate and how much of it counts as served, and deletes mine that expired and that no new slate looks back to
// :param me => '42'
// :param served => 1
// :param properties => head([{id: 'new', asOf: timestamp(), expiresAt: timestamp() + 86400000, seed: 0, profile: 'default', profileHash: '0', source: 'mixed', handedOut: 1, posts: ['1'], authors: ['7'], sources: ['followees'], links: [''], vias: [''], scores: [-2.5], probabilities: [1.0], names: ['recency', 'never'], features: [-2.5, 0.0], known: [1.0, 0.0], never: [1.0, -1.72]}])
// :param recordedAt => timestamp()
// :param servedDays => 7
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:WAS_SHOWN]->(old:Slate)
  WHERE old.expiresAt < $recordedAt - $servedDays * 86400000
  DETACH DELETE old
}
CREATE (me)-[:WAS_SHOWN]->(slate:Slate)
SET slate = $properties, slate.served = $served
RETURN slate.id AS slate
