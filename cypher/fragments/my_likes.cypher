// Posts that I liked as of $now, of the likes that come first in the store
CALL (me) { MATCH (me)-[like:LIKED]->(liked) RETURN like.at AS at, liked LIMIT $bounds.stored }
WITH at, liked WHERE coalesce(at <= $now, true)
