// Weighs follows from and to some people by 1 + ln(1 + likes + 2 comments) between the two, where saves, shares and
// wishes for more count as several likes, of what is learned from; returns how many changed
// :param rows => head([{nodes: [0]}])
// :param acts => head([{LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}])
// :param commentWeight => 2
// ---- 1. People, in parts
MATCH (me:User) WHERE id(me) IN $rows.nodes
// In parts, so that a person with very many followers takes no more memory than others
WITH me, 1 + COUNT { (me)-[:FOLLOWS]-() } / 20000 AS parts
UNWIND range(0, parts - 1) AS part
// ---- 2. What they and the others did with each other's posts
CALL (me, parts, part) {
  CALL (me, parts, part) {
    // Without likes and comments the weight is 1: only follows that have another are read
    MATCH (me)-[follows:FOLLOWS]-(other) WHERE id(other) % parts = part AND follows.tie <> 1.0
    RETURN follows, 0 AS acts
  UNION ALL
    // Not above, where each row that waits for the write would take the memory of it
    WITH me, parts, part,
      // fragment: my_learning_now
      {
        resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }),
        unlearns: EXISTS { (me)-[:UNLEARNED]->() }
      }
      // end fragment
      AS mine
    // Joined from the follows, so that the likes of everybody else on a popular person's posts take no memory
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[act:LIKED|SAVED|SHARED|MORE_LIKE]->(liked)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part AND NOT coalesce(me.likesForSelf <> false, false) AND
      // fragment: learned_from
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      // end fragment
    WITH me, follows, other, sum($acts[type(act)]) AS acts WHERE NOT EXISTS { (other)-[:UNLEARNED]->(me) }
    RETURN follows, acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(liked)<-[act:LIKED|SAVED|SHARED|MORE_LIKE]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    WITH me, follows, other, sum($acts[type(act)]) AS acts
    WHERE NOT EXISTS { (me)-[:UNLEARNED]->(other) } AND NOT coalesce(other.likesForSelf <> false, false)
    // Less what they do not learn from themselves: read anew, of few
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
    RETURN follows, learned AS acts
  UNION ALL
    WITH me, parts, part,
      // fragment: my_learning_now
      {
        resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }),
        unlearns: EXISTS { (me)-[:UNLEARNED]->() }
      }
      // end fragment
      AS mine
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[act:COMMENTED]->(post)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part AND (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    RETURN follows, $commentWeight * count(*) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(post)<-[act:COMMENTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    WITH me, follows, other, count(*) AS comments
    // Less those before a reset of theirs: read anew, of few
    CALL (me, other, comments) {
      WITH other, comments WHERE NOT EXISTS { (other)-[:RESET]->() }
      RETURN comments AS learned
    UNION ALL
      WITH me, other WHERE EXISTS { (other)-[:RESET]->() }
      WITH me, other, head(COLLECT { MATCH (other)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }) AS resetAt
      MATCH (me)-[:POSTED]->(post)<-[act:COMMENTED]-(other) WHERE coalesce(act.at > resetAt, false)
      RETURN count(*) AS learned
    }
    RETURN follows, $commentWeight * learned AS acts
  }
  WITH follows, 1.0 + log(1 + sum(acts)) AS tie
  // A missing weight is 1
  WHERE tie <> coalesce(follows.tie, 1.0)
  RETURN follows, tie
}
// ---- 3. The weights that are other ones now
SET follows.tie = tie
RETURN count(*) AS follows
