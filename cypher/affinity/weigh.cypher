// Weighs follows from and to some people by 1 + ln(1 + likes + 2 comments) between the two, where saves, shares and
// wishes for more count as several likes, of what is learned from; returns how many changed
// :param rows => head([{nodes: [0]}])
// :param commentWeight => 2
// :param acts => head([{LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}])
// ---- 1. People, in parts
MATCH (me:User) WHERE id(me) IN $rows.nodes
// In parts, so that a person with very many followers takes no more memory than others
WITH me, 1 + COUNT { (me)-[:FOLLOWS]-() } / 50000 AS parts
UNWIND range(0, parts - 1) AS part
// ---- 2. What they and the others did with each other's posts
CALL (me, parts, part) {
  CALL (me, parts, part) {
    // Without likes and comments the weight is 1: only follows that have another are read
    MATCH (me)-[follows:FOLLOWS]-(other) WHERE id(other) % parts = part AND follows.tie <> 1.0
    RETURN follows, 0 AS acts
  UNION ALL
    // Joined from the follows, so that the likes of everybody else on a popular person's posts take no memory
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[act:LIKED|SAVED|SHARED|MORE_LIKE]->(liked)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    // fragment: weighed_acts (theirs=other)
    WITH me, other, follows, act, liked,
      {
        resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() RETURN max(reset.at) }),
        unlearns: EXISTS { (me)-[:UNLEARNED]->() }
      }
      AS mine
    WHERE NOT coalesce(me.likesForSelf <> false, false) AND NOT EXISTS { (other)-[:UNLEARNED]->(me) } AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
    RETURN follows, sum($acts[type(act)]) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(liked)<-[act:LIKED|SAVED|SHARED|MORE_LIKE]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    // fragment: weighed_acts (me=other, theirs=me)
    WITH other, me, follows, act, liked,
      {
        resetAt: head(COLLECT { MATCH (other)-[reset:RESET]->() RETURN max(reset.at) }),
        unlearns: EXISTS { (other)-[:UNLEARNED]->() }
      }
      AS mine
    WHERE NOT coalesce(other.likesForSelf <> false, false) AND NOT EXISTS { (me)-[:UNLEARNED]->(other) } AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (other)-[:UNLEARNED]->(liked) })
    // end fragment
    RETURN follows, sum($acts[type(act)]) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[act:COMMENTED]->(liked)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    // fragment: weighed_acts (theirs=other)
    WITH me, other, follows, act, liked,
      {
        resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() RETURN max(reset.at) }),
        unlearns: EXISTS { (me)-[:UNLEARNED]->() }
      }
      AS mine
    WHERE NOT coalesce(me.likesForSelf <> false, false) AND NOT EXISTS { (other)-[:UNLEARNED]->(me) } AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
    RETURN follows, $commentWeight * count(*) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(liked)<-[act:COMMENTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    // fragment: weighed_acts (me=other, theirs=me)
    WITH other, me, follows, act, liked,
      {
        resetAt: head(COLLECT { MATCH (other)-[reset:RESET]->() RETURN max(reset.at) }),
        unlearns: EXISTS { (other)-[:UNLEARNED]->() }
      }
      AS mine
    WHERE NOT coalesce(other.likesForSelf <> false, false) AND NOT EXISTS { (me)-[:UNLEARNED]->(other) } AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (other)-[:UNLEARNED]->(liked) })
    // end fragment
    RETURN follows, $commentWeight * count(*) AS acts
  }
  WITH follows, 1.0 + log(1 + sum(acts)) AS tie
  // A missing weight is 1
  WHERE tie <> coalesce(follows.tie, 1.0)
  RETURN follows, tie
}
// ---- 3. The weights that are other ones now
SET follows.tie = tie
RETURN count(*) AS follows
