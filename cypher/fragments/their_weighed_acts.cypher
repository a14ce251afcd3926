// What others did, less what they do not learn from themselves: read anew, of few; nothing of whose likes count for
// themselves alone, or if I do not learn from what they like
WITH me, follows, other, acts
WHERE NOT EXISTS { (me)-[:UNLEARNED]->(other) } AND NOT coalesce(other.likesForSelf <> false, false)
CALL (me, other, acts) {
  WITH other, acts WHERE NOT EXISTS { (other)-[:RESET]->() } AND NOT EXISTS { (other)-[:UNLEARNED]->(:Post) }
  RETURN acts AS learned
UNION ALL
  WITH me, other WHERE EXISTS { (other)-[:RESET]->() } OR EXISTS { (other)-[:UNLEARNED]->(:Post) }
  WITH me, other,
    // fragment: my_learning_now (me=other)
    {
      resetAt: head(COLLECT { MATCH (other)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }),
      unlearns: EXISTS { (other)-[:UNLEARNED]->() }
    }
    // end fragment
    AS mine
  MATCH (me)-[:POSTED]->(liked)<-[act:LIKED|SAVED|SHARED|MORE_LIKE]-(other) WHERE
    // fragment: learned_from (me=other)
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (other)-[:UNLEARNED]->(liked) })
    // end fragment
  RETURN coalesce(sum($acts[type(act)]), 0.0) AS learned
}
