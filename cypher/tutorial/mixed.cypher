// The tutorial's mix: its three sources together, a post once, drawn at random as $draws says
// needs: tutorial/project_followees
// needs: tutorial/project_friends_of_friends
// :param me => '42'
// :param followeesGraph => 'graphfeed-followees'
// :param friendsGraph => 'graphfeed-friends'
// :param now => timestamp()
// :param windowDays => 7
// :param historyDays => 365
// :param sensitive => false
// :param exclude => []
// :param perSource => 10
// :param limit => 10
// :param draws => [0.637, 0.2698, 0.041, 0.0165, 0.8133, 0.9128, 0.6066, 0.7295, 0.5436, 0.9351, 0.8159, 0.0027, 0.8574, 0.0336, 0.7297, 0.1757, 0.8632, 0.5415, 0.2997, 0.4227, 0.0283, 0.1243, 0.6706, 0.6472, 0.6154, 0.3837, 0.9972, 0.9808, 0.6855, 0.6505]
// ---- 1. The posts of the three sources
CALL () {
  // fragment: tutorial/followees
  MATCH (me:User {id: $me})
  CALL gds.pageRank.stream($followeesGraph, {sourceNodes: [me], dampingFactor: 0.85, concurrency: 1, maxIterations: 200, tolerance: 1e-16, logProgress: false})
    YIELD nodeId, score
  WITH me, collect({person: gds.util.asNode(nodeId), score: score}) AS ranks, sum(score) AS total
  UNWIND ranks AS rank
  WITH me, rank.person AS author, rank.score / total AS pageRank
  MATCH (me)-[:FOLLOWS]->(author)-[:POSTED]->(post:Post)
  WHERE $now - $windowDays * 86400000 < post.takenAt <= $now
    AND coalesce(post.mediaType, 'image') = 'image' AND
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
  WITH me, author, pageRank, post ORDER BY author.id
  WITH me, post, head(collect({author: author, pageRank: pageRank})) AS first
  WITH me, first.author AS author, first.pageRank AS pageRank, collect(post) AS posts
  WITH me, author, pageRank, posts, COUNT {
      MATCH (me)-[liked:LIKED]->(post:Post)<-[:POSTED]-(author)
      WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
      RETURN DISTINCT post
    } AS liked
  UNWIND posts AS post
  WITH me, author, pageRank, post, liked,
    CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
    CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  WITH me, author, post, liked, likeCount, commentCount, {
      pageRank: pageRank,
      weight: CASE liked WHEN 0 THEN 0.5 ELSE toFloat(liked) END,
      engagement: log10(commentCount + 2) * log10(likeCount + 1),
      timeScore: exp(-($now - post.takenAt) / 1000.0 / 1e5)
    } AS parts
  WITH *, parts.engagement * parts.pageRank * parts.timeScore * log(parts.weight + 1) AS score
  ORDER BY score DESC, post.id
  LIMIT $perSource
  RETURN 'followees' AS source, post.id AS post, toStringOrNull(author.id) AS author,
    toIntegerOrNull(post.takenAt) AS takenAt, toStringOrNull(post.imageUrl) AS imageUrl,
    likeCount, commentCount, score, parts,
    {author: coalesce(author.username, author.fullName, 'user ' + author.id, 'somebody'), liked: liked} AS facts,
    [{id: me.id, label: 'User', type: null}, {id: author.id, label: 'User', type: 'FOLLOWS'},
     {id: post.id, label: 'Post', type: 'POSTED'}] AS path
  ORDER BY score DESC, post
  // end fragment
UNION ALL
  // fragment: tutorial/friends_of_friends
  MATCH (me:User {id: $me})
  CALL gds.pageRank.stream($friendsGraph, {sourceNodes: [me], dampingFactor: 0.85, concurrency: 1, maxIterations: 200, tolerance: 1e-16, logProgress: false})
    YIELD nodeId, score
  WITH me, collect({person: gds.util.asNode(nodeId), score: score}) AS ranks, sum(score) AS total
  UNWIND ranks AS rank
  WITH me, rank.person AS author, rank.score / total AS pageRank
  WHERE author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) }
  MATCH (author)-[:POSTED]->(post:Post)
  WHERE $now - $windowDays * 86400000 < post.takenAt <= $now
    AND coalesce(post.mediaType, 'image') = 'image' AND
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
  WITH me, author, pageRank, post ORDER BY author.id
  WITH me, post, head(collect({author: author, pageRank: pageRank})) AS first
  WITH me, first.author AS author, first.pageRank AS pageRank, collect(post) AS posts
  WITH me, author, pageRank, posts, COUNT {
      MATCH (me)-[liked:LIKED]->(post:Post)<-[:POSTED]-(author)
      WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
      RETURN DISTINCT post
    } AS liked
  UNWIND posts AS post
  WITH me, author, pageRank, post, liked,
    CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
    CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  WITH me, author, post, liked, likeCount, commentCount, {
      pageRank: pageRank,
      weight: CASE liked WHEN 0 THEN 0.5 ELSE toFloat(liked) END,
      engagement: log10(commentCount + 2) * log10(likeCount + 1),
      timeScore: exp(-($now - post.takenAt) / 1000.0 / 1e5)
    } AS parts
  WITH *, parts.engagement * parts.pageRank * parts.timeScore * log(parts.weight + 1) AS score
  ORDER BY score DESC, post.id
  LIMIT $perSource
  WITH *, COLLECT {
      // Followees who follow the author, of those that may be named to me
      MATCH (me)-[:FOLLOWS]->(via:User)-[:FOLLOWS]->(author)
      WHERE
        (NOT EXISTS { (me)-[:MUTED]->() } OR via = me OR NOT EXISTS { (me)-[:MUTED]->(via) })
        AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR via = me OR NOT EXISTS { (me)-[:BLOCKED]-(via) })
        AND (NOT (coalesce(via.optedOut <> false, false) OR coalesce(via.visibility <> 'public', false)) OR via = me OR EXISTS { (me)-[:FOLLOWS]->(via) })
      RETURN via ORDER BY via.id
    } AS vias
  RETURN 'friends_of_friends' AS source, post.id AS post, toStringOrNull(author.id) AS author,
    toIntegerOrNull(post.takenAt) AS takenAt, toStringOrNull(post.imageUrl) AS imageUrl,
    likeCount, commentCount, score, parts,
    {author: coalesce(author.username, author.fullName, 'user ' + author.id, 'somebody'), liked: liked, vias: size(vias),
     via: head([via IN vias | coalesce(via.username, via.fullName, 'user ' + via.id, 'somebody')])} AS facts,
    [{id: me.id, label: 'User', type: null}]
    + [via IN vias[..1] | {id: via.id, label: 'User', type: 'FOLLOWS'}]
    + [{id: author.id, label: 'User', type: CASE vias WHEN [] THEN null ELSE 'FOLLOWS' END},
       {id: post.id, label: 'Post', type: 'POSTED'}] AS path
  ORDER BY score DESC, post
  // end fragment
UNION ALL
  // fragment: tutorial/interests
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
  CALL (me, hashtag) {
    MATCH (hashtag)<-[:TAGGED]-(post:Post)
    WHERE coalesce(post.mediaType, 'image') = 'image'
    // Sorted before filtered, so that the filters read few posts, not all of a big hashtag
    WITH me, post,
      CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
      CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
    ORDER BY likeCount DESC, commentCount DESC, post.id
    OPTIONAL MATCH (author:User)-[:POSTED]->(post)
    WITH me, post, author, likeCount, commentCount
    WHERE
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
    WITH post, author, likeCount, commentCount ORDER BY likeCount DESC, commentCount DESC, post.id LIMIT 1
    RETURN post AS image, author AS creator, likeCount, commentCount
  }
  // A post that is the best of two hashtags comes with the first only
  WITH me, image, creator, likeCount, commentCount, hashtag, weight, mine ORDER BY weight DESC, hashtag.name
  WITH me, image, creator, likeCount, commentCount, head(collect({hashtag: hashtag, weight: weight, mine: mine})) AS interest
  WITH me, image, creator, likeCount, commentCount, interest.hashtag AS hashtag, interest.weight AS weight, interest.mine AS mine
  ORDER BY weight DESC, hashtag.name
  LIMIT $perSource
  CALL (me, mine, image) {
    // One of my posts with the hashtag that may be shown to me, preferably not the image itself
    UNWIND mine AS post
    WITH me, image, post ORDER BY post = image, post.id
    OPTIONAL MATCH (author:User)-[:POSTED]->(post)
    WITH me, image, post, author
    WHERE
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
  // end fragment
}
// ---- 2. Each post once
WITH * ORDER BY source, score DESC, post
// A post that two sources bring comes with the first
WITH post, head(collect({source: source, author: author, takenAt: takenAt, imageUrl: imageUrl, likeCount: likeCount,
  commentCount: commentCount, score: score, parts: parts, facts: facts, path: path})) AS item
WITH post, item ORDER BY item.source, item.score DESC, post
// ---- 3. The random draw
WITH collect(item {.*, post: post}) AS pool
UNWIND range(0, size(pool) - 1) AS place
WITH pool[place] AS item, $draws[place] AS draw
ORDER BY draw, item.post
LIMIT $limit
RETURN item.source AS source, item.post AS post, item.author AS author, item.takenAt AS takenAt, item.imageUrl AS imageUrl,
  item.likeCount AS likeCount, item.commentCount AS commentCount, item.score AS score, item.parts AS parts,
  item.facts AS facts, item.path AS path, draw
ORDER BY draw, post
