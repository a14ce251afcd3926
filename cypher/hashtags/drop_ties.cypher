// Deletes a page of a variant's ties that its hashtag has, and of what was built of it; returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:VARIANT_OF]->(:Hashtag {name: $rows.variantOf})
CALL (variant) {
  MATCH (variant)-[tie:MUTED|WANTS|INTERESTED_IN|TOP|RELATED_TO|OF_TOPIC]-() WHERE tie.copied OR type(tie) IN ['TOP', 'RELATED_TO', 'OF_TOPIC']
  WITH tie LIMIT $rows.batch
  DELETE tie
  RETURN count(*) AS moved
}
RETURN moved
