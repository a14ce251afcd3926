// Posts that I liked, saved, shared or want more like as of $now, a row for each act with its weight in likes; of likes
// and of the others, those that come first in the store
CALL (me) {
  CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
  RETURN act.at AS at, liked, 1.0 AS weight
UNION ALL
  CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
  RETURN act.at AS at, liked, $feedback.acts[type(act)] AS weight
}
WITH at, liked, weight WHERE coalesce(at <= $now, true)
