// Weighs follows from and to some people by 1 + ln(1 + likes + 2 comments) between the two, where saves, shares and
// wishes for more count as several likes; returns how many changed
// :param rows => head([{nodes: [0]}])
// :param commentWeight => 2
// :param acts => head([{LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}])
MATCH (me:User) WHERE id(me) IN $rows.nodes
// In parts, so that a person with very many followers takes no more memory than others
WITH me, 1 + COUNT { (me)-[:FOLLOWS]-() } / 50000 AS parts
UNWIND range(0, parts - 1) AS part
CALL (me, parts, part) {
  CALL (me, parts, part) {
    // Without likes and comments the weight is 1: only follows that have another are read
    MATCH (me)-[follows:FOLLOWS]-(other) WHERE id(other) % parts = part AND follows.tie <> 1.0
    RETURN follows, 0 AS acts
  UNION ALL
    // Joined from the follows, so that the likes of everybody else on a popular person's posts take no memory
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[act:LIKED|SAVED|SHARED|MORE_LIKE]->(post)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, sum($acts[type(act)]) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(post)<-[act:LIKED|SAVED|SHARED|MORE_LIKE]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, sum($acts[type(act)]) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:COMMENTED]->(post)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, $commentWeight * count(*) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(post)<-[:COMMENTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, $commentWeight * count(*) AS acts
  }
  WITH follows, 1.0 + log(1 + sum(acts)) AS tie
  // A missing weight is 1
  WHERE tie <> coalesce(follows.tie, 1.0)
  RETURN follows, tie
}
SET follows.tie = tie
RETURN count(*) AS follows
