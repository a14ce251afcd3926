// Posts whose pictures look like that of a post, and that I may be shown, or anybody if $me is ''; the nearest first,
// with the cosine of their vectors
// needs: build/looks
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param post => '1'
// :param similar => head([{arcs: 100, related: 20, likers: 200, liked: 50, fans: 40, hashtags: 100, rare: 1000, rarest: 5, posts: 100, examples: 2}])
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (given:Post {id: $post})
CALL (given) {
  CALL (given) { MATCH (given)-[arc:SIMILAR_PICTURE]->(post:Post) RETURN arc, post LIMIT $similar.arcs }
  RETURN post, max(CASE WHEN 0 < toFloatOrNull(arc.weight) <= 1 THEN toFloatOrNull(arc.weight) ELSE 0.0 END) AS weight
}
WITH me, given, post, weight WHERE coalesce(post.takenAt <= $now, true) AND post <> given AND weight > 0
WITH me, post, weight ORDER BY weight DESC, post.id
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author, weight
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
WITH post, author, weight LIMIT $limit
WITH post, author, weight,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount, weight
ORDER BY weight DESC, post
