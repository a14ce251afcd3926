// Some posts that I liked, saved, shared, want more like or stayed at, each with the type of the act, if it is learned
// from
CALL (me, mine) {
  CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $given.likes }
  WITH me, mine, act, liked WHERE
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN liked, type(act) AS type
UNION ALL
  CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $given.likes }
  WITH me, mine, act, liked WHERE
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN liked, 'LIKED' AS type
UNION ALL
  WITH me, mine WHERE mine.looks
  CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $given.likes }
  WITH me, mine, act, liked WHERE
    // fragment: stays
    toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
    AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN DISTINCT liked, 'VIEWED' AS type
}
