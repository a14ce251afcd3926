// Condition: a wish about a hashtag counts at $now, being neither later nor over, nor from before my last reset
coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
