// My newest likes as of $now: back to `oldest`, those without a time last, ties by id
// fragment: my_likes
CALL (me) { MATCH (me)-[like:LIKED]->(liked) RETURN like.at AS at, liked LIMIT $bounds.stored }
WITH at, liked WHERE coalesce(at <= $now, true)
// end fragment
  AND (coalesce(at, $mine.untimed) > oldest.at OR coalesce(at, $mine.untimed) = oldest.at AND liked.id <= oldest.id)
