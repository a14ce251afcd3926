// What I hid, and how much of each hide's weight is left by the clock
CALL (me) { MATCH (me)-[hide:HID]->(hidden) RETURN hide, hidden LIMIT $bounds.hides }
WITH hidden, -coalesce($feedback.hideReasons[toStringOrNull(hide.reason)], $feedback.hide)
  * 0.5 ^ (CASE WHEN hide.at < $now THEN $now - hide.at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays) AS fading
