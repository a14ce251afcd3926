// The most liked posts of a hashtag in a window that I may be shown, or anybody if $me is ''; none if I am unknown
// :param me => '42'
// :param hashtag => 'sunset'
// :param now => timestamp()
// :param windowDays => 7
// :param months => [0]
// :param perHashtag => 500
// :param sensitive => false
// :param exclude => []
// :param limit => 10
MATCH (hashtag:Hashtag {name: $hashtag})
OPTIONAL MATCH (me:User {id: $me})
WITH hashtag, me WHERE me IS NOT NULL OR $me = ''
CALL (hashtag) {
  // The most liked posts as of the last build
  UNWIND $months AS month
  MATCH ()-[:TOP {hashtag: $hashtag, month: month}]->(post)
  WHERE EXISTS { (post)-[:TAGGED]->(hashtag) }
  RETURN post
UNION
  // In the order of the store, the latest first, so that not all posts of a common hashtag are read
  CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post) RETURN post LIMIT $perHashtag }
  RETURN post
}
WITH me, post WHERE coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, $windowDays IS NULL)
WITH me, post,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
ORDER BY likeCount DESC, commentCount DESC, post.id
// Read last, and only as many as are wanted
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author, likeCount, commentCount
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
WITH post, author, likeCount, commentCount LIMIT $limit
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount
ORDER BY likeCount DESC, commentCount DESC, post
