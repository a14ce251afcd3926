// The newest of these acts as of $now: back to `oldest`, those without a time last, ties by id; and all stays, a few
// fragment: my_likes
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
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
  THEN counted ELSE 0.0 END AS weight
WHERE coalesce(at <= $now, true)
// end fragment
  AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
  AND weight > 0
