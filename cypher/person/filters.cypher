// What I keep out of my feeds: whom and what I muted, whom I blocked, and what I hid, of each kind the latest first.
// Only people who may be named to me have a name. Of very many, those that come first in the store are read
// :param me => '42'
// :param now => timestamp()
// :param reach => 10000
// :param limit => 10
MATCH (me:User {id: $me})
CALL (me) {
  CALL (me) { MATCH (me)-[mutes:MUTED]->(target) RETURN mutes, target LIMIT $reach }
  WITH mutes, target WHERE coalesce($now < mutes.until, true)
  RETURN 'mute' AS kind, CASE WHEN target:User THEN target END AS person, CASE WHEN target:Hashtag THEN target END AS hashtag,
    null AS word, null AS post, toIntegerOrNull(mutes.at) AS at, toIntegerOrNull(mutes.until) AS until, null AS reason
  ORDER BY coalesce(at, -4611686018427387904) DESC, target.id, target.name LIMIT $limit
UNION ALL
  UNWIND
    // fragment: muted_words
    CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(me.mutedWords) - 1) | {
        word: me.mutedWords[place],
        at: CASE WHEN me.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsAt[place], -4611686018427387904) END,
        until: CASE WHEN me.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsUntil[place], -4611686018427387904) END
      }] ELSE [] END
    // end fragment
    AS muted
  WITH muted WHERE coalesce($now < muted.until, true)
  RETURN 'mute' AS kind, null AS person, null AS hashtag, muted.word AS word, null AS post, muted.at AS at, muted.until AS until, null AS reason
  ORDER BY coalesce(at, -4611686018427387904) DESC, word LIMIT $limit
UNION ALL
  CALL (me) { MATCH (me)-[blocked:BLOCKED]->(person) RETURN blocked, person LIMIT $reach }
  RETURN 'block' AS kind, person, null AS hashtag, null AS word, null AS post, toIntegerOrNull(blocked.at) AS at, null AS until, null AS reason
  ORDER BY coalesce(at, -4611686018427387904) DESC, person.id LIMIT $limit
UNION ALL
  CALL (me) { MATCH (me)-[hid:HID]->(post) RETURN hid, post LIMIT $reach }
  RETURN 'hide' AS kind, null AS person, null AS hashtag, null AS word, post, toIntegerOrNull(hid.at) AS at, null AS until, toStringOrNull(hid.reason) AS reason
  ORDER BY coalesce(at, -4611686018427387904) DESC, post.id LIMIT $limit
}
WITH me, kind, person, hashtag, word, post, at, until, reason, CASE WHEN person.id IS :: STRING NOT NULL
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR EXISTS { (me)-[:FOLLOWS]->(person) })
  AND NOT EXISTS { (me)<-[:BLOCKED]-(person) } THEN person END AS named
RETURN kind, toStringOrNull(person.id) AS person, toStringOrNull(named.username) AS username, toStringOrNull(named.fullName) AS fullName,
  toStringOrNull(hashtag.name) AS hashtag, coalesce(toStringOrNull(hashtag.display), toStringOrNull(hashtag.name)) AS display,
  word, toStringOrNull(post.id) AS post, at, until, reason
ORDER BY kind, coalesce(at, -4611686018427387904) DESC, person, hashtag, word, post
