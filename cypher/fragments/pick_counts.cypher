// Condition: an interest of mine counts at $now, being neither later nor from before my last reset
coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
