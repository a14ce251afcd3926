// Makes a hashtag and its variants variants of another; no row if either is a variant already
// :param now => timestamp()
// :param rows => head([{one: 'sunsets', other: 'sunset', by: 'person'}])
MATCH (one:Hashtag {name: $rows.one}) WHERE NOT EXISTS { (one)-[:VARIANT_OF]->() }
MATCH (other:Hashtag {name: $rows.other}) WHERE other <> one AND NOT EXISTS { (other)-[:VARIANT_OF]->() }
CALL (one, other) { MATCH (one)-[undone:NOT_VARIANT_OF]-(other) DELETE undone }
CALL (one, other) {
  MATCH (variant:Hashtag)-[tie:VARIANT_OF]->(one)
  MERGE (variant)-[moved:VARIANT_OF]->(other)
  SET moved = properties(tie)
  DELETE tie
}
MERGE (one)-[merged:VARIANT_OF]->(other)
SET merged.by = $rows.by, merged.at = $now, merged.moving = true, one.share = null
RETURN one.name AS hashtag
