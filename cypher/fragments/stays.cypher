// Condition: I looked at a post for at least a share of the usual time, its own and that of all, and that is learned
// from
toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
// fragment: learned_from
(mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
// end fragment
