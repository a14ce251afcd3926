// What I want of hashtags at $now: more, less, or none of them as an interest
CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
  // fragment: wish_counts
  coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
  AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
  // end fragment
