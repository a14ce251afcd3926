// Mutes a word, until a time or for good; returns whether anything changed, and no row where I muted $most words
// :param me => '42'
// :param word => 'snow'
// :param at => timestamp()
// :param until => timestamp() + 60000
// :param most => 200
MATCH (me:User {id: $me})
WITH me,
  // fragment: muted_words
  CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(me.mutedWords) - 1) | {
      word: me.mutedWords[place],
      at: CASE WHEN me.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsAt[place], -4611686018427387904) END,
      until: CASE WHEN me.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsUntil[place], -4611686018427387904) END
    }] ELSE [] END
  // end fragment
  AS muted
WITH me, muted, head([one IN muted WHERE one.word = $word]) AS known
WHERE known IS NOT NULL OR size(muted) < $most
WITH me, muted, known IS NULL OR NOT coalesce(known.until = $until, known.until IS NULL AND $until IS NULL) AS changed
WITH me, changed, CASE WHEN changed THEN [one IN muted WHERE one.word <> $word] + [{word: $word, at: $at, until: $until}] ELSE muted END AS muted
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
RETURN changed
