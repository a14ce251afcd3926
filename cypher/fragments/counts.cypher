// Counters of a post's likes and comments; 0 where the value is not a count, as people write to the graph by hand
CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
