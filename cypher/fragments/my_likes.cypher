// What I liked by the clock, of the likes that the store gives first
CALL (me) { MATCH (me)-[like:LIKED]->(liked) RETURN like.at AS at, liked LIMIT $bounds.stored }
WITH at, liked WHERE coalesce(at <= $now, true)
