// Postpones a post whose renewal failed, twice as long after each failure up to a maximum, unless it was marked again
// :param rows => head([{node: 0, changedAt: 0, now: timestamp(), pauseMs: 60000, longestMs: 86400000}])
MATCH (post:Post) WHERE id(post) = $rows.node AND post.changedAt = $rows.changedAt
WITH post, coalesce(post.changeFailures, 0) AS failures
WITH post, failures, $rows.pauseMs * 2.0 ^ failures AS pause
SET post.changeFailures = failures + 1,
  post.changedAt = $rows.now + toInteger(CASE WHEN pause < $rows.longestMs THEN pause ELSE $rows.longestMs END)
RETURN count(*) AS posts
