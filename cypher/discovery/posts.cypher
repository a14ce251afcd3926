// Posts whose captions have words like a text that I may be shown, or anybody if $me is ''; none if I am unknown
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param search => head([{query: '+(/river.*/ "river"^2)', pattern: '(?s)(?=.*river).*', username: 'river', hits: 500, followees: 1000, seen: 10000, named: 200, followers: 10000}])
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
CALL db.index.fulltext.queryNodes('post_words', $search.query, {limit: $search.hits}) YIELD node, score
WITH me, node AS post, score WHERE coalesce(node.takenAt <= $now, true)
// Scores within a quarter of each other are about equal; measured with others' posts, they would tell of these
WITH me, post, round(4 * log(score + 0.0001)) AS score, coalesce(toIntegerOrNull(post.takenAt), -4611686018427387904) AS takenAt
ORDER BY score DESC, takenAt DESC, post.id
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author, score, takenAt
WHERE
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
WITH post, author, score, takenAt LIMIT $limit
WITH post, author, score, takenAt,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount, left(toStringOrNull(post.caption), 200) AS caption
ORDER BY score DESC, takenAt DESC, post
