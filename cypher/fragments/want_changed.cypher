// Sets what I want of a hashtag, by itself or as one of a topic
OPTIONAL MATCH (me)-[known:WANTS]->(hashtag)
WITH me, hashtag, how, topic, NOT coalesce(known.how = how AND coalesce(known.topic = topic, known.topic IS NULL AND topic IS NULL)
    AND coalesce(known.until = $until, known.until IS NULL AND $until IS NULL), false)
  OR
  // fragment: before_reset
  EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
  // end fragment
  AS changed
MERGE (me)-[want:WANTS]->(hashtag)
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END | SET want.how = how, want.topic = topic, want.at = $at, want.until = $until)
SET want.as = null // said of all spellings
