// Condition: I looked at a post for at least the usual time, and that is learned from
act.dwellMs / coalesce(toFloatOrNull(liked.dwell), mine.dwell) >= 1 AND
// fragment: learned_from
(mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
// end fragment
