// What I did with a post, a row for each act that is learned from
CALL (me, mine, liked) {
  MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN type(act) AS act
UNION ALL
  MATCH (me)-[act:LIKED]->(liked) WHERE
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN type(act) AS act
UNION ALL
  WITH me, mine, liked WHERE mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000)
  MATCH (me)-[act:VIEWED]->(liked) WHERE
    // fragment: stays
    toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
    AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN type(act) AS act
}
