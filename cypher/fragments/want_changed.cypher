// Sets what I want of a hashtag
OPTIONAL MATCH (me)-[known:WANTS]->(hashtag)
WITH me, hashtag, how, NOT coalesce(known.how = how AND coalesce(known.until = $until, known.until IS NULL AND $until IS NULL), false)
  OR
  // fragment: before_reset
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  // end fragment
  AS changed
MERGE (me)-[want:WANTS]->(hashtag)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET want.how = how, want.at = $at, want.until = $until)
SET want.as = null // said of all spellings
RETURN changed
