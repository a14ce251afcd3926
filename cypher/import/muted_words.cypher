// Adds words that people muted, up to $most a person; a later time replaces an earlier one and its end
// :param rows => [{place: 0, user: '42', word: 'snow', at: null, until: null}]
// :param most => 200
UNWIND $rows AS row
WITH row.user AS id, collect(row) AS rows ORDER BY id
MATCH (user:User {id: id})
SET user.id = user.id // locked before its words are read
WITH user, rows,
  // fragment: muted_words (me=user)
  CASE WHEN user.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(user.mutedWords) - 1) | {
      word: user.mutedWords[place],
      at: CASE WHEN user.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(user.mutedWordsAt[place], -4611686018427387904) END,
      until: CASE WHEN user.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(user.mutedWordsUntil[place], -4611686018427387904) END
    }] ELSE [] END
  // end fragment
  AS before
WITH user, rows, before, [row IN rows WHERE NOT any(one IN before WHERE one.word = row.word)] AS new,
  [row IN rows WHERE any(one IN before WHERE one.word = row.word AND coalesce(row.at > one.at, row.at IS NOT NULL AND one.at IS NULL))] AS newer,
  CASE WHEN size(before) < $most THEN $most - size(before) ELSE 0 END AS room
WITH user, size(rows) AS count, size(newer) AS changes, new[..room] AS added, new[room..] AS refused,
  [one IN before | coalesce(head([row IN newer WHERE row.word = one.word]), one)] + new[..room] AS muted
// fragment: muted_words_kept (me=user)
SET user.mutedWords = CASE WHEN muted <> [] THEN [one IN muted | one.word] END,
  user.mutedWordsAt = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.at, -4611686018427387904)] END,
  user.mutedWordsUntil = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.until, -4611686018427387904)] END,
  user.mutedWordsEnd = reduce(first = null, one IN muted | CASE WHEN first IS NULL OR one.until < first THEN coalesce(one.until, first) ELSE first END)
WITH *, [one IN muted | one.word] AS words
SET user.mutedSpellings =
  nullIf(COLLECT { UNWIND words AS word MATCH (:Hashtag {name: word})-[:VARIANT_OF*0..1]->(kept:Hashtag)
    MATCH (kept)<-[:VARIANT_OF*0..1]-(spelled:Hashtag) WHERE spelled.name <> word
    RETURN DISTINCT spelled.name ORDER BY spelled.name LIMIT 1000 }, [])
// end fragment
RETURN sum(count) AS rows, sum(size(added)) AS created, sum(changes) AS updated,
  reduce(taken = [], some IN collect([row IN refused | row {.place, .user}]) | taken + some) AS taken
