// The best posts by the tutorial's score, which weighs how dear an author is to me, the responses and the age
// Each post once: with two authors, it is the first's
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
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
WITH me, author, post, liked, likeCount, commentCount, {
    pageRank: pageRank,
    weight: CASE liked WHEN 0 THEN 0.5 ELSE toFloat(liked) END,
    engagement: log10(commentCount + 2) * log10(likeCount + 1),
    timeScore: exp(-($now - post.takenAt) / 1000.0 / 1e5)
  } AS parts
WITH *, parts.engagement * parts.pageRank * parts.timeScore * log(parts.weight + 1) AS score
ORDER BY score DESC, post.id
LIMIT $perSource
