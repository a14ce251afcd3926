// Removes a batch of hashtags from a person's posts, and deletes unused ones; returns how many of each
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:POSTED]->()-[tagged:TAGGED]->(hashtag)
WITH tagged, hashtag LIMIT $batch
DELETE tagged
WITH hashtag, count(*) AS tags
WITH hashtag, tags,
  // fragment: hashtag_unused
  NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
  // end fragment
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
RETURN sum(tags) AS tags, count(CASE WHEN unused THEN 1 END) AS hashtags
