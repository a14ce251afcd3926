// Says of a former variant what people said of it or of all spellings while it was merged, a page of it
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', ties: [0]}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:NOT_VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf})
UNWIND $rows.ties AS tieId
MATCH (user)-[tie]->(end) WHERE id(tie) = tieId AND end = kept AND coalesce(variant.name IN tie.as, true)
CALL (variant, user, tie) {
  WITH * WHERE type(tie) = 'MUTED'
  MERGE (user)-[same:MUTED]->(variant)
    ON CREATE SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
UNION ALL
  WITH * WHERE type(tie) = 'WANTS'
  MERGE (user)-[same:WANTS]->(variant)
    ON CREATE SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
UNION ALL
  WITH * WHERE type(tie) = 'INTERESTED_IN'
  MERGE (user)-[same:INTERESTED_IN]->(variant)
    ON CREATE SET same = properties(tie), same.as = null
  RETURN count(*) AS copied
}
RETURN sum(copied) AS ties
