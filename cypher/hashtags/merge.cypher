// Makes a hashtag, with its variants, a variant of the one that it is about to become; no row if either is one already
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset'}])
MATCH (one:Hashtag {name: $rows.hashtag})-[begun:BECOMES]->(other:Hashtag {name: $rows.variantOf})
WHERE NOT EXISTS { (one)-[:VARIANT_OF]->() } AND NOT EXISTS { (other)-[:VARIANT_OF]->() }
CALL (one, other) { MATCH (one)-[undone:NOT_VARIANT_OF]-(other) DELETE undone }
CALL (one, other) {
  MATCH (variant:Hashtag)-[tie:VARIANT_OF]->(one)
  MERGE (variant)-[moved:VARIANT_OF]->(other)
  SET moved = properties(tie)
  DELETE tie
}
MERGE (one)-[merged:VARIANT_OF]->(other)
SET merged.by = begun.by, merged.at = begun.at, merged.moving = true, one.share = null
DELETE begun
RETURN one.name AS hashtag
