// Deletes a batch of a variant's ties that its hashtag has, and of what was built of it; returns how many
// :param rows => head([{hashtag: 'sunsets', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag}) WHERE EXISTS { (variant)-[:VARIANT_OF]->() }
CALL (variant) {
  MATCH (variant)-[tie:MUTED|WANTS|INTERESTED_IN|TOP|RELATED_TO]-() WHERE tie.copied OR type(tie) IN ['TOP', 'RELATED_TO']
  WITH tie LIMIT $rows.batch
  DELETE tie
  RETURN count(*) AS moved
}
RETURN moved
