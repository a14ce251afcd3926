// Notes that a hashtag is about to become a variant of another; no row if either is a variant already
// :param now => timestamp()
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', by: 'person'}])
MATCH (one:Hashtag {name: $rows.hashtag}) WHERE NOT EXISTS { (one)-[:VARIANT_OF]->() }
MATCH (other:Hashtag {name: $rows.variantOf}) WHERE other <> one AND NOT EXISTS { (other)-[:VARIANT_OF]->() }
CALL (one) { MATCH (one)-[before:BECOMES]->() DELETE before }
CALL (one, other) { MATCH (one)<-[before:BECOMES]-(other) DELETE before }
MERGE (one)-[begun:BECOMES]->(other)
SET begun.by = $rows.by, begun.at = $now
RETURN one.name AS hashtag
