// A person as I may see them, and their newest posts that I may be shown; of whom I muted or blocked only that, and
// none if either is unknown or they may not be named to me. Of very many posts, the last stored are read
// :param me => '42'
// :param person => '7'
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param now => timestamp()
MATCH (me:User {id: $me})
MATCH (person:User {id: $person})
WITH me, person AS author, EXISTS { (me)-[:MUTED]->() } AND EXISTS { (me)-[:MUTED]->(person) } AS muted, EXISTS { (me)-[:BLOCKED]->(person) } AS blocked,
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
  AS isShown
WHERE isShown OR muted OR blocked
WITH me, author, muted, blocked, CASE WHEN isShown THEN author END AS shown
RETURN author.id AS person, toStringOrNull(shown.username) AS username, toStringOrNull(shown.fullName) AS fullName, muted, blocked,
  COUNT { (shown)<-[:FOLLOWS]-() } AS followers, COUNT { (shown)-[:FOLLOWS]->() } AS follows, COUNT { (shown)-[:POSTED]->() } AS posts,
  EXISTS { (me)-[:FOLLOWS]->(author) } AS followed, EXISTS { (shown)-[:FOLLOWS]->(me) } AS followsMe,
  COLLECT {
    CALL (author) { MATCH (author)-[:POSTED]->(post) RETURN post LIMIT 500 }
    WITH post WHERE coalesce(post.takenAt <= $now, true) AND
      // fragment: posts
      (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
      AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
      AND post.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT post.id IN $exclude
      AND (NOT coalesce(post.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
      AND ($sensitive OR NOT coalesce(post.sensitive <> false, false))
      AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
      AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
      AND (me.mutedWords IS NULL OR NOT any(words IN [post.words] WHERE
        any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
      // end fragment
    RETURN post.id ORDER BY coalesce(toIntegerOrNull(post.takenAt), -4611686018427387904) DESC, post.id LIMIT $limit
  } AS newest
