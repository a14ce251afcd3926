// Keeps a slate that I am shown, and lets go of mine that have expired and that no new slate looks back to
// :param me => '42'
// :param served => 1
// :param properties => head([{id: 'new', asOf: timestamp(), expiresAt: timestamp() + 86400000, seed: 0, profile: 'default', profileHash: '0', source: 'mixed', posts: ['1'], authors: ['7'], sources: ['followees'], values: [0.0], vias: [''], links: [''], scores: [-2.5], probabilities: [1.0], width: 2, parts: [0.0, -2.5]}])
// :param recordedAt => timestamp()
// :param servedDays => 7
// :param unstored => false
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[:WAS_SHOWN]->(old:Slate)
  WHERE old.expiresAt < $recordedAt - $servedDays * 86400000
  DETACH DELETE old
}
CREATE (me)-[:WAS_SHOWN]->(slate:Slate)
SET slate = $properties, slate.served = $served
// Who comes back and has nothing stored gets it from the next refresh
FOREACH (_ IN CASE WHEN $unstored AND me.staleSince IS NULL THEN [1] ELSE [] END | SET me.staleSince = $recordedAt)
RETURN slate.id AS slate
