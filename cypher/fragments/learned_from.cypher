// Condition: what I did with a post is learned from
(mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
