// Gives a batch of posts back to a former variant, as they are spelled; returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag})
MATCH (kept:Hashtag {name: $rows.variantOf})
CALL (variant, kept) {
  MATCH (post)-[tie:TAGGED]->(kept) WHERE variant.name IN tie.as
  WITH variant, kept, post, tie LIMIT $rows.batch
  MERGE (post)-[:TAGGED]->(variant)
  // fragment: tie_left
  WITH kept, tie, [name IN tie.as WHERE name <> variant.name] AS others
  SET tie.as = CASE others WHEN [kept.name] THEN null ELSE others END
  FOREACH (_ IN CASE others WHEN [] THEN [1] ELSE [] END | DELETE tie)
  RETURN count(*) AS moved
  // end fragment
}
RETURN moved
