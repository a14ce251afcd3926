// What people, the authors of posts, and hashtags are called; no row for people and posts that I may not be shown
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param ids => ['new']
// :param posts => ['1']
// :param hashtags => ['sunset']
MATCH (me:User {id: $me})
UNWIND $ids AS id
MATCH (person:User {id: id})
WITH me, id, person WHERE
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
RETURN id, 'person' AS kind, coalesce(toStringOrNull(person.username), toStringOrNull(person.fullName), 'user ' + id) AS name
UNION ALL
MATCH (me:User {id: $me})
UNWIND $posts AS id
MATCH (post:Post {id: id}) WHERE coalesce(post.takenAt <= $now, true)
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, id, post, author WHERE
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
RETURN id, 'post' AS kind, coalesce(toStringOrNull(author.username), toStringOrNull(author.fullName), 'user ' + toStringOrNull(author.id)) AS name
UNION ALL
UNWIND $hashtags AS id
MATCH (hashtag:Hashtag {name: id})
RETURN id, 'hashtag' AS kind, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS name
