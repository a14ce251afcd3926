// Moves a batch of each kind of ties from a hashtag to another; returns how many. Of a person's mutes, and of their
// wants, the one with the latest time stays; of their picks, the earliest time
// :param rows => head([{hashtag: 'x', name: 'y', batch: 2000}])
MATCH (old:Hashtag {name: $rows.hashtag})
MATCH (kept:Hashtag {name: $rows.name})
CALL (old, kept) {
  MATCH (user)-[tie:MUTED]->(old)
  WITH kept, user, tie LIMIT $rows.batch
  MERGE (user)-[mutes:MUTED]->(kept)
    ON CREATE SET mutes = properties(tie)
  SET mutes = CASE WHEN coalesce(tie.at > mutes.at, tie.at IS NOT NULL AND mutes.at IS NULL)
    THEN properties(tie) ELSE properties(mutes) END
  DELETE tie
  RETURN count(*) AS moved
UNION ALL
  MATCH (user)-[tie:WANTS]->(old)
  WITH kept, user, tie LIMIT $rows.batch
  MERGE (user)-[wants:WANTS]->(kept)
    ON CREATE SET wants = properties(tie)
  SET wants = CASE WHEN coalesce(tie.at > wants.at, tie.at IS NOT NULL AND wants.at IS NULL)
    THEN properties(tie) ELSE properties(wants) END
  DELETE tie
  RETURN count(*) AS moved
UNION ALL
  MATCH (user)-[tie:INTERESTED_IN]->(old)
  WITH kept, user, tie LIMIT $rows.batch
  MERGE (user)-[picked:INTERESTED_IN]->(kept)
    ON CREATE SET picked = properties(tie)
  SET picked.at = CASE WHEN tie.at < picked.at THEN tie.at ELSE coalesce(picked.at, tie.at) END,
    picked.inferred = CASE WHEN picked.inferred AND tie.inferred THEN true END
  DELETE tie
  RETURN count(*) AS moved
UNION ALL
  MATCH (post)-[tie:TAGGED]->(old)
  WITH kept, post, tie LIMIT $rows.batch
  MERGE (post)-[:TAGGED]->(kept)
  DELETE tie
  RETURN count(*) AS moved
}
RETURN sum(moved) AS moved
