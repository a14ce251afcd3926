// The most popular image of each of my dearest hashtags, ten or $perSource if that is more, the dearest first
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
// :param sensitive => false
// :param exclude => []
// :param perSource => 10
// ---- 1. My hashtags: those of posts that I liked or am shown in
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[liked:LIKED]->(mine:Post)
  WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
  RETURN mine
UNION
  MATCH (me)<-[:MENTIONS]-(mine:Post)
  RETURN mine
}
MATCH (mine)-[:TAGGED]->(hashtag:Hashtag)
WITH me, hashtag, count(DISTINCT mine) AS weight, collect(DISTINCT mine) AS mine
WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) } AND hashtag.name IS :: STRING NOT NULL
ORDER BY weight DESC, hashtag.name
LIMIT CASE WHEN $perSource < 10 THEN 10 ELSE $perSource END
// ---- 2. The most popular image of each
CALL (me, hashtag) {
  MATCH (hashtag)<-[:TAGGED]-(post:Post)
  WHERE coalesce(post.mediaType, 'image') = 'image'
  // Sorted before filtered, so that the filters read few posts, not all of a big hashtag
  WITH me, post,
    // fragment: counts
    CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
    CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
    // end fragment
  ORDER BY likeCount DESC, commentCount DESC, post.id
  OPTIONAL MATCH (author:User)-[:POSTED]->(post)
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
  WITH post, author, likeCount, commentCount ORDER BY likeCount DESC, commentCount DESC, post.id LIMIT 1
  RETURN post AS image, author AS creator, likeCount, commentCount
}
// A post that is the best of two hashtags comes with the first only
WITH me, image, creator, likeCount, commentCount, hashtag, weight, mine ORDER BY weight DESC, hashtag.name
WITH me, image, creator, likeCount, commentCount, head(collect({hashtag: hashtag, weight: weight, mine: mine})) AS interest
WITH me, image, creator, likeCount, commentCount, interest.hashtag AS hashtag, interest.weight AS weight, interest.mine AS mine
ORDER BY weight DESC, hashtag.name
LIMIT $perSource
// ---- 3. The reason of each: one of my posts with the hashtag
CALL (me, mine, image) {
  // One of my posts with the hashtag that may be shown to me, preferably not the image itself
  UNWIND mine AS post
  WITH me, image, post ORDER BY post = image, post.id
  OPTIONAL MATCH (author:User)-[:POSTED]->(post)
  WITH me, image, post, author
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
  WITH me, image, post ORDER BY post = image, post.id LIMIT 1
  RETURN collect({id: post.id, label: 'Post',
    type: CASE WHEN EXISTS { (me)-[:LIKED]->(post) } THEN 'LIKED' ELSE 'MENTIONS' END}) AS example
}
RETURN 'interests' AS source, image.id AS post, toStringOrNull(creator.id) AS author,
  toIntegerOrNull(image.takenAt) AS takenAt, toStringOrNull(image.imageUrl) AS imageUrl,
  likeCount, commentCount, toFloat(weight) AS score,
  {weight: weight, likes: likeCount, comments: commentCount} AS parts,
  {author: coalesce(creator.username, creator.fullName, 'user ' + creator.id, 'somebody'), hashtag: coalesce(toStringOrNull(hashtag.display), hashtag.name), weight: weight,
   shown: size([post IN mine WHERE EXISTS { (me)<-[:MENTIONS]-(post) }])} AS facts,
  [{id: me.id, label: 'User', type: null}] + example
  + [{id: hashtag.name, label: 'Hashtag', type: CASE example WHEN [] THEN null ELSE 'TAGGED' END},
     {id: image.id, label: 'Post', type: 'TAGGED'}] AS path
ORDER BY weight DESC, hashtag.name
