// The other spellings of words that are hashtags
// :param names => ['gds.pageRank.stream']
UNWIND $names AS name
MATCH (:Hashtag {name: name})-[:VARIANT_OF*0..1]->(kept:Hashtag) WHERE NOT EXISTS { (kept)-[:VARIANT_OF]->() }
RETURN name, COLLECT { MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> name
  RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 20 } AS spellings
