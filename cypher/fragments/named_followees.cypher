// People I follow as of $now who may be named to me
CALL (me) {
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT 1000 }
  WITH me, follow, person WHERE coalesce(follow.since <= $now, true) AND person <> me AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  RETURN DISTINCT person AS via LIMIT $breadth.followees
}
