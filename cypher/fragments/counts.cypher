// How many like a post and commented on it, as the graph counts: 0 for what is no count, for people write to it by hand
CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
