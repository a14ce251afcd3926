// Renews which spellings a page of people muted with their words; returns the last of them, null after the end
// :param after => ''
// :param batch => 2000
MATCH (me:User) WHERE me.id > $after
WITH me ORDER BY me.id LIMIT $batch
CALL (me) {
  WITH me WHERE me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL
  SET me.id = me.id // locked before its words are read
  WITH me, me.mutedWords AS words
  SET me.mutedSpellings =
    // fragment: muted_spellings
    nullIf(COLLECT { UNWIND words AS word MATCH (:Hashtag {name: word})-[:VARIANT_OF*0..1]->(kept:Hashtag)
      MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> word
      RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 1000 }, [])
    // end fragment
}
RETURN max(me.id) AS last
