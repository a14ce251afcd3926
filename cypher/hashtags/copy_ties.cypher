// Says of a hashtag what people said of a variant, a page of it. Of two mutes the longer one stays, of two wants that
// of the hashtag itself rather than of a topic, or else the later one; of two picks the earlier time
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', ties: [0]}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf})
UNWIND $rows.ties AS tieId
MATCH (user)-[tie]->(end) WHERE id(tie) = tieId AND end = variant AND tie.copied IS NULL
CALL (variant, kept, user, tie) {
  WITH * WHERE type(tie) = 'MUTED'
  MERGE (user)-[same:MUTED]->(kept)
    ON CREATE SET same = properties(tie), same.as = []
  SET same.until = CASE WHEN tie.until > same.until THEN tie.until WHEN tie.until IS NULL THEN null ELSE same.until END,
    same.at = CASE WHEN tie.at > same.at THEN tie.at ELSE coalesce(same.at, tie.at) END
  // fragment: tie_copied
  SET same.as = reduce(all = same.as, name IN coalesce(tie.as, [variant.name]) | CASE WHEN name IN all THEN all ELSE all + name END),
    tie.copied = true
  RETURN count(*) AS copied
  // end fragment
UNION ALL
  WITH * WHERE type(tie) = 'WANTS'
  MERGE (user)-[same:WANTS]->(kept)
    ON CREATE SET same = properties(tie), same.as = []
  WITH variant, kept, tie, same, coalesce(tie.at > same.at, tie.at IS NOT NULL AND same.at IS NULL) AS later,
    // What counts no more since a reset does not stay in place of what counts
    EXISTS { MATCH (user)-[reset:RESET]->() WHERE coalesce(tie.at <= reset.at, true) <> coalesce(same.at <= reset.at, true) } AS parted
  WITH variant, kept, tie, same, CASE WHEN parted OR (tie.topic IS NULL) = (same.topic IS NULL) THEN later ELSE tie.topic IS NULL END AS stays
  FOREACH (_ IN CASE WHEN stays THEN [1] ELSE [] END | SET same.how = tie.how, same.topic = tie.topic, same.at = tie.at, same.until = tie.until)
  // fragment: tie_copied
  SET same.as = reduce(all = same.as, name IN coalesce(tie.as, [variant.name]) | CASE WHEN name IN all THEN all ELSE all + name END),
    tie.copied = true
  RETURN count(*) AS copied
  // end fragment
UNION ALL
  WITH * WHERE type(tie) = 'INTERESTED_IN'
  MERGE (user)-[same:INTERESTED_IN]->(kept)
    ON CREATE SET same = properties(tie), same.as = []
  SET same.at = CASE WHEN tie.at < same.at THEN tie.at ELSE coalesce(same.at, tie.at) END,
    same.inferred = CASE WHEN same.inferred AND tie.inferred THEN true END
  // fragment: tie_copied
  SET same.as = reduce(all = same.as, name IN coalesce(tie.as, [variant.name]) | CASE WHEN name IN all THEN all ELSE all + name END),
    tie.copied = true
  RETURN count(*) AS copied
  // end fragment
}
RETURN sum(copied) AS ties
