// The newest posts of the people I follow, scored as the tutorial does, the best first
// needs: tutorial/project_followees
// :param me => '42'
// :param followeesGraph => 'graphfeed-followees'
// :param now => timestamp()
// :param windowDays => 7
// :param historyDays => 365
// :param sensitive => false
// :param exclude => []
// :param perSource => 10
MATCH (me:User {id: $me})
CALL gds.pageRank.stream($followeesGraph, {sourceNodes: [me], dampingFactor: 0.85, concurrency: 1, maxIterations: 200, tolerance: 1e-16, logProgress: false})
// fragment: tutorial_ranks
  YIELD nodeId, score
WITH me, collect({person: gds.util.asNode(nodeId), score: score}) AS ranks, sum(score) AS total
UNWIND ranks AS rank
WITH me, rank.person AS author, rank.score / total AS pageRank
// end fragment
MATCH (me)-[:FOLLOWS]->(author)-[:POSTED]->(post:Post)
WHERE $now - $windowDays * 86400000 < post.takenAt <= $now
  AND coalesce(post.mediaType, 'image') = 'image' AND
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
// fragment: tutorial_scores
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
// end fragment
RETURN 'followees' AS source, post.id AS post, toStringOrNull(author.id) AS author,
  toIntegerOrNull(post.takenAt) AS takenAt, toStringOrNull(post.imageUrl) AS imageUrl,
  likeCount, commentCount, score, parts,
  {author: coalesce(author.username, author.fullName, 'user ' + author.id, 'somebody'), liked: liked} AS facts,
  [{id: me.id, label: 'User', type: null}, {id: author.id, label: 'User', type: 'FOLLOWS'},
   {id: post.id, label: 'Post', type: 'POSTED'}] AS path
ORDER BY score DESC, post
