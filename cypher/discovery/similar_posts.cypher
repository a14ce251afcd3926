// Posts that the same people like as a post, the most similar first, with how many of those whom I may see like both
// needs: build/similar
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param post => '1'
// :param similar => head([{arcs: 100, related: 20, likers: 200, liked: 50, fans: 40, hashtags: 100, rare: 1000, rarest: 5, posts: 100, examples: 2}])
// ---- 1. The posts to which it has arcs, but those that I may not be shown
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (given:Post {id: $post})
CALL (given) {
  CALL (given) { MATCH (given)-[arc:SIMILAR|SIMILAR_NEW]->(post:Post) RETURN arc, post LIMIT $similar.arcs }
  RETURN post, max(coalesce(toFloatOrNull(arc.weight), 0.0)) AS weight
}
WITH me, given, post, weight WHERE coalesce(post.takenAt <= $now, true) AND post <> given
WITH me, given, post, weight ORDER BY weight DESC, post.id
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, given, post, author, weight
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
WITH me, given, post, author, weight LIMIT $limit
// ---- 2. Who likes both: only likes that count, of people who may be named to me
CALL (me, given, post) {
  CALL (given, post) {
    CALL (given) { MATCH (given)<-[like:LIKED]-(person) RETURN like, person LIMIT $similar.likers }
    RETURN like, person, 1 AS ofGiven, 0 AS ofPost
  UNION ALL
    CALL (post) { MATCH (post)<-[like:LIKED]-(person) RETURN like, person LIMIT $similar.likers }
    RETURN like, person, 0 AS ofGiven, 1 AS ofPost
  }
  WITH me, like, person, ofGiven, ofPost WHERE coalesce(like.at <= $now, true)
  WITH me, person, max(ofGiven) AS ofGiven, max(ofPost) AS ofPost
  WITH me, person WHERE ofGiven = 1 AND ofPost = 1 AND coalesce(person <> me, true) AND person:User
    AND NOT coalesce(person.likesForSelf <> false, false) AND NOT EXISTS { (me)-[:UNLEARNED]->(person) } AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  WITH person, CASE WHEN EXISTS { MATCH (me)-[follow:FOLLOWS]->(person) WHERE coalesce(follow.since <= $now, true) } THEN 1 ELSE 0 END AS followed
  ORDER BY followed DESC, person.id
  WITH count(*) AS likers, head(collect({person: person, followed: followed})) AS first
  RETURN likers, CASE WHEN first.followed = 1 THEN coalesce(toStringOrNull(first.person.username), toStringOrNull(first.person.fullName), 'user ' + toStringOrNull(first.person.id), 'somebody') END AS liker
}
WITH given, post, author, weight, likers, liker,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount, likers, liker,
  COUNT { (given)<-[:LIKED]-() } > $similar.likers OR COUNT { (post)<-[:LIKED]-() } > $similar.likers AS isCut
ORDER BY weight DESC, post
