// A person as I may see them, and their newest posts that I may be shown; none if either is unknown, or if they may not
// be named to me for another reason than that I muted or blocked them. Of very many posts, the last stored are read
// :param me => '42'
// :param person => '7'
// :param sensitive => false
// :param exclude => []
// :param limit => 10
MATCH (me:User {id: $me})
MATCH (author:User {id: $person})
WHERE (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)<-[:BLOCKED]-(author) })
  AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
RETURN author.id AS person, toStringOrNull(author.username) AS username, toStringOrNull(author.fullName) AS fullName,
  COUNT { (author)<-[:FOLLOWS]-() } AS followers, COUNT { (author)-[:FOLLOWS]->() } AS follows, COUNT { (author)-[:POSTED]->() } AS posts,
  EXISTS { (me)-[:FOLLOWS]->(author) } AS followed, EXISTS { (author)-[:FOLLOWS]->(me) } AS followsMe,
  EXISTS { (me)-[:MUTED]->() } AND EXISTS { (me)-[:MUTED]->(author) } AS muted, EXISTS { (me)-[:BLOCKED]->(author) } AS blocked,
  COLLECT {
    CALL (author) { MATCH (author)-[:POSTED]->(post) RETURN post LIMIT 500 }
    WITH post WHERE
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
