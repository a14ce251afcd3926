// People I follow as of $now, without those that may not be named to me, whose ties are not read
CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
  AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
