// Posts that I hid since my last reset, and the weight that is left of each hide at $now
CALL (me) { MATCH (me)-[hide:HID]->(hidden) RETURN hide, hidden LIMIT $bounds.hides }
WITH hidden, -coalesce($feedback.hideReasons[toStringOrNull(hide.reason)], $feedback.hide)
  * 0.5 ^ (CASE WHEN hide.at < $now THEN $now - hide.at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays) AS fading
WHERE mine.resetAt IS NULL OR coalesce(hide.at > mine.resetAt, false)
