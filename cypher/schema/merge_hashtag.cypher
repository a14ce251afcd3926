// Moves a batch of each kind of ties from a hashtag to another, keeping the earliest time; returns how many
// :param rows => head([{hashtag: 'x', name: 'y', batch: 2000}])
MATCH (old:Hashtag {name: $rows.hashtag})
MATCH (kept:Hashtag {name: $rows.name})
CALL (old, kept) {
  MATCH (user)-[tie:MUTED]->(old)
  WITH kept, user, tie LIMIT $rows.batch
  MERGE (user)-[mutes:MUTED]->(kept)
  SET mutes.at = CASE WHEN mutes.at IS NULL OR tie.at < mutes.at THEN tie.at ELSE mutes.at END
  DELETE tie
  RETURN count(*) AS moved
UNION ALL
  MATCH (user)-[tie:INTERESTED_IN]->(old)
  WITH kept, user, tie LIMIT $rows.batch
  MERGE (user)-[picked:INTERESTED_IN]->(kept)
  SET picked.at = CASE WHEN picked.at IS NULL OR tie.at < picked.at THEN tie.at ELSE picked.at END
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
