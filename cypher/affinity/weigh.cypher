// Weighs the follows from and to some people: 1 + ln(1 + likes + 2 comments) between the two, in `tie`; of how many
// :param rows => head([{nodes: [0]}])
// :param commentWeight => 2
MATCH (me:User) WHERE id(me) IN $rows.nodes
// In parts, so that somebody who is followed by very many takes no more memory than others
WITH me, 1 + COUNT { (me)-[:FOLLOWS]-() } / 50000 AS parts
UNWIND range(0, parts - 1) AS part
CALL (me, parts, part) {
  CALL (me, parts, part) {
    // Those without acts are of weight 1; only what says otherwise is a row
    MATCH (me)-[follows:FOLLOWS]-(other) WHERE id(other) % parts = part AND follows.tie <> 1.0
    RETURN follows, 0 AS acts
  UNION ALL
    // Joined from the follows, so that what others do counts for nothing in the memory of somebody who is liked by all
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:LIKED]->(post)<-[:POSTED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, count(*) AS acts
  UNION ALL
    MATCH (me)-[follows:FOLLOWS]-(other), (me)-[:POSTED]->(post)<-[:LIKED]-(other) USING JOIN ON other
    WHERE id(other) % parts = part
    RETURN follows, count(*) AS acts
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
  // A follow without a weight is one of 1
  WHERE tie <> coalesce(follows.tie, 1.0)
  RETURN follows, tie
}
SET follows.tie = tie
RETURN count(*) AS follows
