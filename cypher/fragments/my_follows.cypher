// All the people I follow as of $now, far more than any source reads
CALL (me) { MATCH (me)-[follow:FOLLOWS]->(author) RETURN author, follow.since AS since LIMIT $bounds.seen }
WITH author, since WHERE coalesce(since <= $now, true)
