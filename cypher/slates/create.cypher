// Stores a slate and how much of it counts as served; deletes mine that expired and that no new slate looks back to, or
// puts those that are kept to learn from aside, without what only their pages need
// :param me => '42'
// :param served => 1
// :param properties => head([{id: 'new', asOf: timestamp(), expiresAt: timestamp() + 86400000, seed: 0, profile: 'default', profileHash: '0', source: 'mixed', handedOut: 1, posts: ['1'], authors: ['7'], sources: ['followees'], links: [''], vias: [''], scores: [-2.5], probabilities: [1.0], names: ['recency', 'never'], features: [-2.5, 0.0], known: [1.0, 0.0], never: [1.0, -1.72]}])
// :param recordedAt => timestamp()
// :param servedDays => 7
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[shown:WAS_SHOWN]->(old:Slate)
  WHERE old.expiresAt < $recordedAt - $servedDays * 86400000
  FOREACH (_ IN CASE WHEN old.isKept THEN [1] ELSE [] END |
    MERGE (me)-[:KEPT_SLATE]->(old) // feeds do not read it: it makes them no slower
    DELETE shown
    SET old.posts = old.posts[..old.served], old.probabilities = old.probabilities[..old.served]
    REMOVE old.authors, old.sources, old.links, old.vias, old.scores, old.names, old.features, old.known, old.never
  )
  FOREACH (_ IN CASE WHEN old.isKept THEN [] ELSE [1] END | DETACH DELETE old)
}
CREATE (me)-[:WAS_SHOWN]->(slate:Slate)
SET slate = $properties, slate.served = $served
RETURN slate.id AS slate
