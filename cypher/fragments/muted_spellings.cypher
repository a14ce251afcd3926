// Of muted words that are hashtags, the other spellings of these, which are muted with them
nullIf(COLLECT { UNWIND words AS word MATCH (:Hashtag {name: word})-[:VARIANT_OF*0..1]->(kept:Hashtag)
  MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> word
  RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 1000 }, [])
