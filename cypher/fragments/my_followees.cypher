// Whom I follow by the clock, but for those who may not be named to me, who are not asked
CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
  AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
