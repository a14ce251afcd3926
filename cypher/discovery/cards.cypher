// What a page shows of posts that I may be shown, or anybody if $me is '': with the author's name, the caption,
// hashtags, and what I did with them. None if I am unknown
// :param me => '42'
// :param posts => ['1']
// :param sensitive => false
// :param exclude => []
// :param now => timestamp()
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
UNWIND range(0, size($posts) - 1) AS place
MATCH (post:Post {id: $posts[place]}) WHERE coalesce(post.takenAt <= $now, true)
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, place, post, author WHERE
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
// Of who acted very often, no act is looked up upon a post that very many acted upon: it would be found among all
WITH me, place, post, author, COUNT { (me)-[:LIKED]->() } <= 1000 OR COUNT { (post)<-[:LIKED]-() } <= 1000 AS findsLikes,
  COUNT { (me)-[:SAVED]->() } <= 1000 OR COUNT { (post)<-[:SAVED]-() } <= 1000 AS findsSaves,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl, likeCount, commentCount,
  coalesce(toStringOrNull(author.username), toStringOrNull(author.fullName)) AS authorName,
  left(toStringOrNull(post.caption), 200) AS caption,
  COLLECT {
    CALL (post) { MATCH (post)-[:TAGGED]->(hashtag) WHERE hashtag.name IS :: STRING NOT NULL RETURN hashtag LIMIT 30 }
    RETURN {hashtag: hashtag.name, display: coalesce(toStringOrNull(hashtag.display), hashtag.name)} ORDER BY hashtag.name
  } AS hashtags,
  EXISTS { (me)-[:FOLLOWS]->(author) } AS followed,
  findsLikes AND EXISTS { (me)-[:LIKED]->(post) } AS liked, findsSaves AND EXISTS { (me)-[:SAVED]->(post) } AS saved
ORDER BY place
