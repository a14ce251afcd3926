// Condition: a wish about a hashtag counts at $now, being neither later nor over
coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
