// My acts upon posts of `theirs` that weigh: those that are learned from, unless what I like counts for me alone, or
// they do not learn from it
WITH me, theirs, follows, act, liked,
  // fragment: my_learning_now
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
WHERE NOT coalesce(me.likesForSelf <> false, false) AND NOT EXISTS { (theirs)-[:UNLEARNED]->(me) } AND
  // fragment: learned_from
  (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
  AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
  // end fragment
