// Keeps these as the words that I muted, and the first end of any; -2^62 stands for no time
SET me.mutedWords = CASE WHEN muted <> [] THEN [one IN muted | one.word] END,
  me.mutedWordsAt = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.at, -4611686018427387904)] END,
  me.mutedWordsUntil = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.until, -4611686018427387904)] END,
  me.mutedWordsEnd = reduce(first = null, one IN muted | CASE WHEN first IS NULL OR one.until < first THEN coalesce(one.until, first) ELSE first END)
WITH *, [one IN muted | one.word] AS words
SET me.mutedSpellings =
  // fragment: muted_spellings
  nullIf(COLLECT { UNWIND words AS word MATCH (:Hashtag {name: word})-[:VARIANT_OF*0..1]->(kept:Hashtag)
    MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> word
    RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 1000 }, [])
  // end fragment
