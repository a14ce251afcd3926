// Posts that I liked, saved, shared, want more like or stayed at as of $now, a row for each act with its weight in
// likes (no `act` for a stay); of likes and of the others, those that come first in the store. One that is not learned
// from weighs 0
CALL (me, mine) {
  CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
  RETURN act, act.at AS at, liked, 1.0 AS counted
UNION ALL
  CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
  RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
UNION ALL
  UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
  RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
}
WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  THEN counted ELSE 0.0 END AS weight
WHERE coalesce(at <= $now, true)
