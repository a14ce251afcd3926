// Posts that I hid since my last reset, or left at once, and the weight that is left of each at $now
CALL (me, mine) {
  CALL (me) { MATCH (me)-[hide:HID]->(hidden) RETURN hide, hidden LIMIT $bounds.hides }
  WITH hide.at AS at, hidden, coalesce($feedback.hideReasons[toStringOrNull(hide.reason)], $feedback.hide) AS weight
  WHERE mine.resetAt IS NULL OR coalesce(at > mine.resetAt, false)
  RETURN at, hidden, weight
UNION ALL
  UNWIND mine.left AS leave
  MATCH (hidden:Post {id: leave.post})
  RETURN leave.at AS at, hidden, toFloat($feedback.leave) AS weight
}
WITH hidden, -weight * 0.5 ^ (CASE WHEN at < $now THEN $now - at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays) AS fading
