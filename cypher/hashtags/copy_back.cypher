// Says of a former variant what people said of it or of all spellings while it was merged, a batch; returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag})
MATCH (kept:Hashtag {name: $rows.variantOf})
CALL (variant, kept) {
  MATCH (user)-[tie:MUTED]->(kept) WHERE coalesce(variant.name IN tie.as, true) AND NOT EXISTS { (user)-[:MUTED]->(variant) }
  WITH DISTINCT variant, user, tie LIMIT $rows.batch
  MERGE (user)-[same:MUTED]->(variant)
  SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
UNION ALL
  MATCH (user)-[tie:WANTS]->(kept) WHERE coalesce(variant.name IN tie.as, true) AND NOT EXISTS { (user)-[:WANTS]->(variant) }
  WITH DISTINCT variant, user, tie LIMIT $rows.batch
  MERGE (user)-[same:WANTS]->(variant)
  SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
UNION ALL
  MATCH (user)-[tie:INTERESTED_IN]->(kept)
  WHERE coalesce(variant.name IN tie.as, true) AND NOT EXISTS { (user)-[:INTERESTED_IN]->(variant) }
  WITH DISTINCT variant, user, tie LIMIT $rows.batch
  MERGE (user)-[same:INTERESTED_IN]->(variant)
  SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
}
RETURN sum(copied) AS moved
