// Posts that have rare hashtags of a post, and that I may be shown, or anybody if $me is ''; of the rarest first
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param post => '1'
// :param similar => head([{arcs: 100, related: 20, likers: 200, liked: 50, fans: 40, hashtags: 100, rare: 1000, rarest: 5, posts: 100, examples: 2}])
// ---- 1. The rarest of its hashtags that others have, too
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (given:Post {id: $post})
CALL (given) {
  CALL (given) { MATCH (given)-[:TAGGED]->(hashtag:Hashtag) RETURN DISTINCT hashtag LIMIT $similar.hashtags }
  WITH hashtag, COUNT { (hashtag)<-[:TAGGED]-() } AS posts WHERE 1 < posts <= $similar.rare
  RETURN hashtag, 1 / log(1 + posts) AS weight ORDER BY posts, hashtag.name LIMIT $similar.rarest
}
// ---- 2. Their posts, the newest stored of each, by the weight of the hashtags that both have
CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post:Post) RETURN DISTINCT post LIMIT $similar.posts }
WITH me, given, post, sum(weight) AS weight WHERE post <> given AND coalesce(post.takenAt <= $now, true)
WITH me, given, post, weight, coalesce(toIntegerOrNull(post.takenAt), -4611686018427387904) AS takenAt
ORDER BY weight DESC, takenAt DESC, post.id
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, given, post, author, weight, takenAt
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
WITH given, post, author, weight, takenAt LIMIT $limit
WITH given, post, author, weight, takenAt,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount,
  COLLECT {
    CALL (given) { MATCH (given)-[:TAGGED]->(hashtag:Hashtag) RETURN DISTINCT hashtag LIMIT $similar.hashtags }
    WITH post, hashtag, COUNT { (hashtag)<-[:TAGGED]-() } AS posts
    WHERE 1 < posts <= $similar.rare AND EXISTS { (post)-[:TAGGED]->(hashtag) }
    RETURN coalesce(toStringOrNull(hashtag.display), toStringOrNull(hashtag.name)) ORDER BY posts, hashtag.name LIMIT 2
  } AS hashtags
ORDER BY weight DESC, takenAt DESC, post
