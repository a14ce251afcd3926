// A page of my slate, or of $items where there is none: each post with its score, the score's parts and the reason
// :param me => '42'
// :param slate => 'new'
// :param items => [['1', 'followees', 0.0, '', '', -2.5, 0.5, [0.0, -2.5]]]
// :param start => 0
// :param sensitive => false
// :param exclude => []
// :param limit => 10
MATCH (me:User {id: $me})
OPTIONAL MATCH (me)-[:WAS_SHOWN]->(slate:Slate {id: $slate})
// Each list is fetched once, and a place taken from it where it is needed
WITH me, slate, slate.posts AS posts, slate.sources AS sources, slate.values AS values, slate.vias AS vias,
  slate.links AS links, slate.scores AS scores, slate.probabilities AS probabilities, slate.parts AS parts,
  slate.width AS width, slate {.asOf, .expiresAt, .seed, .profile, .profileHash, .source, size: size(slate.posts)} AS about
UNWIND range($start, size(coalesce(posts, $items)) - 1) AS place
WITH me, about, place, CASE WHEN slate IS NULL THEN $items[place] ELSE [posts[place], sources[place], values[place],
  vias[place], links[place], scores[place], probabilities[place], parts[place * width..(place + 1) * width]] END AS item
MATCH (post:Post {id: item[0]})
OPTIONAL MATCH (author:User)-[:POSTED]->(post)
WITH me, about, place, item, post, author
WHERE
  // fragment: posts
  (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
  AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
  AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
  // end fragment
WITH me, about, place, item, post AS image, author AS creator LIMIT $limit
// The path is of now: who has unfollowed or unliked since, or may not be shown, is in none
CALL (me, item) {
  OPTIONAL MATCH (via:User {id: item[3]})
  WHERE via <> me AND
    // fragment: people (person=via)
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(via) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(via) })
    AND (NOT coalesce(via.optedOut, false) OR via = me OR EXISTS { (me)-[:FOLLOWS]->(via) })
    // end fragment
  RETURN via
}
CALL (me, item) {
  OPTIONAL MATCH (post:Post {id: item[4]})
  OPTIONAL MATCH (author:User)-[:POSTED]->(post)
  WITH me, post, author
  WHERE
    // fragment: posts
    (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
    // end fragment
  RETURN head(collect(post)) AS link
}
OPTIONAL MATCH (image)-[:TAGGED]->(hashtag:Hashtag {name: item[3]}) WHERE item[1] = 'interests'
WITH me, about, place, item, image, creator, via, link, hashtag, CASE item[1]
  WHEN 'followees' THEN CASE WHEN EXISTS { (me)-[:FOLLOWS]->(creator) }
    THEN [[creator.id, 'User', 'FOLLOWS'], [image.id, 'Post', 'POSTED']] END
  WHEN 'friends_of_friends' THEN CASE WHEN EXISTS { (me)-[:FOLLOWS]->(via)-[:FOLLOWS]->(creator) }
    THEN [[via.id, 'User', 'FOLLOWS'], [creator.id, 'User', 'FOLLOWS'], [image.id, 'Post', 'POSTED']] END
  WHEN 'liked_by_followees' THEN CASE WHEN EXISTS { (me)-[:FOLLOWS]->(via)-[:LIKED]->(image) }
    THEN [[via.id, 'User', 'FOLLOWS'], [image.id, 'Post', 'LIKED']] END
  WHEN 'similar_taste' THEN CASE WHEN EXISTS { (me)-[:LIKED]->(link)<-[:LIKED]-(via)-[:LIKED]->(image) }
    THEN [[link.id, 'Post', 'LIKED'], [via.id, 'User', 'LIKED'], [image.id, 'Post', 'LIKED']] END
  WHEN 'interests' THEN CASE
    WHEN EXISTS { (me)-[:LIKED]->(link)-[:TAGGED]->(hashtag) }
    THEN [[link.id, 'Post', 'LIKED'], [hashtag.name, 'Hashtag', 'TAGGED'], [image.id, 'Post', 'TAGGED']]
    WHEN EXISTS { (me)<-[:MENTIONS]-(link)-[:TAGGED]->(hashtag) }
    THEN [[link.id, 'Post', 'MENTIONS'], [hashtag.name, 'Hashtag', 'TAGGED'], [image.id, 'Post', 'TAGGED']]
    WHEN EXISTS { (me)-[:INTERESTED_IN]->(hashtag) }
    THEN [[hashtag.name, 'Hashtag', 'INTERESTED_IN'], [image.id, 'Post', 'TAGGED']] END
  END AS steps
RETURN place, item[1] AS source, image.id AS post, creator.id AS author, image.takenAt AS takenAt, image.imageUrl AS imageUrl,
  coalesce(image.likeCount, 0) AS likeCount, coalesce(image.commentCount, 0) AS commentCount,
  item[5] AS score, item[6] AS probability, item[7] AS parts,
  {author: coalesce(creator.username, creator.fullName, 'user ' + creator.id), hashtag: hashtag.display, value: item[2],
   via: coalesce(via.username, via.fullName, 'user ' + via.id), likes: coalesce(image.likeCount, 0),
   holds: steps IS NOT NULL} AS facts,
  about, [[me.id, 'User', null]] + coalesce(steps, [[image.id, 'Post', null]]) AS path
ORDER BY place
