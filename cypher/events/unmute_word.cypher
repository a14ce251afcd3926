// Unmutes a word; returns whether anything changed
// needs: events/mute_word
// :param me => '42'
// :param word => 'snow'
MATCH (me:User {id: $me})
WITH me,
  // fragment: muted_words
  CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(me.mutedWords) - 1) | {
      word: me.mutedWords[place],
      at: CASE WHEN me.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsAt[place], -4611686018427387904) END,
      until: CASE WHEN me.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsUntil[place], -4611686018427387904) END
    }] ELSE [] END
  // end fragment
  AS before
WITH me, size(before) AS size, [one IN before WHERE one.word <> $word] AS muted
// fragment: muted_words_kept
SET me.mutedWords = CASE WHEN muted <> [] THEN [one IN muted | one.word] END,
  me.mutedWordsAt = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.at, -4611686018427387904)] END,
  me.mutedWordsUntil = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.until, -4611686018427387904)] END,
  me.mutedWordsEnd = reduce(first = null, one IN muted | CASE WHEN first IS NULL OR one.until < first THEN coalesce(one.until, first) ELSE first END)
WITH *, [one IN muted | one.word] AS words
SET me.mutedSpellings =
  nullIf(COLLECT { UNWIND words AS word MATCH (:Hashtag {name: word})-[:VARIANT_OF*0..1]->(kept:Hashtag)
    MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> word
    RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 1000 }, [])
// end fragment
RETURN size(muted) < size AS changed
