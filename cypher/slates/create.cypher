// Stores a slate and how much of it counts as served; deletes mine that expired and that no new slate looks back to, or
// puts those that are kept to learn from aside, without what only their pages need. Posts and people that are gone are
// blank
// :param me => '42'
// :param served => 1
// :param properties => head([{id: 'new', asOf: timestamp(), expiresAt: timestamp() + 86400000, seed: 0, profile: 'default', profileHash: '0', source: 'mixed', handedOut: 1, posts: ['1'], authors: ['7'], sources: ['followees'], links: [''], vias: [''], scores: [-2.5], probabilities: [1.0], names: ['recency', 'never'], features: [-2.5, 0.0], known: [1.0, 0.0], never: [1.0, -1.72]}])
// :param recordedAt => timestamp()
// :param servedDays => 7
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[shown:WAS_SHOWN]->(old:Slate)
  WHERE old.expiresAt < $recordedAt - $servedDays * 86400000
  WITH me, shown, old LIMIT 100 // of very many, the next slates delete the others
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
WITH slate
CALL (slate) { // of people who were forgotten after their posts were read, nothing may be stored
  UNWIND slate.posts + slate.links + coalesce(slate.poolPosts, []) + coalesce(slate.heldPosts, [])
    + coalesce(slate.openPosts, []) AS id
  WITH DISTINCT id WHERE id <> '' AND NOT EXISTS { (:Post {id: id}) }
  RETURN collect(id) AS gonePosts
}
CALL (slate) {
  UNWIND slate.authors + slate.vias + coalesce(slate.poolAuthors, []) AS id
  WITH DISTINCT id WHERE id <> '' AND NOT EXISTS { (:User {id: id}) }
  RETURN collect(id) AS gonePeople
}
FOREACH (_ IN CASE WHEN gonePosts = [] AND gonePeople = [] THEN [] ELSE [1] END | SET
  // fragment: slate_blanked
  slate.posts = [id IN slate.posts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
  slate.links = [id IN slate.links | CASE WHEN id IN gonePosts THEN '' ELSE id END],
  slate.poolPosts = [id IN slate.poolPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
  slate.heldPosts = [id IN slate.heldPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
  slate.openPosts = [id IN slate.openPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
  slate.vias = [id IN slate.vias | CASE WHEN id IN gonePeople THEN '' ELSE id END],
  slate.authors = [id IN slate.authors | CASE WHEN id IN gonePeople THEN '' ELSE id END],
  slate.poolAuthors = [id IN slate.poolAuthors | CASE WHEN id IN gonePeople THEN '' ELSE id END]
  // end fragment
)
RETURN slate.id AS slate
