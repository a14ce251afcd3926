// Deletes a batch of a person's ties to hashtags, and hashtags that nothing uses any more; returns how many of each
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[tie:INTERESTED_IN|WANTS|MUTED]->(hashtag:Hashtag)
WITH tie, type(tie) AS type, hashtag LIMIT $batch
DELETE tie
WITH hashtag, count(CASE type WHEN 'MUTED' THEN 1 END) AS mutes,
     count(CASE type WHEN 'INTERESTED_IN' THEN 1 END) AS interests,
     count(CASE type WHEN 'WANTS' THEN 1 END) AS wants
WITH hashtag, mutes, interests, wants,
  // fragment: hashtag_unused
  NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
  // end fragment
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
RETURN sum(mutes) AS mutes, sum(interests) AS interests, sum(wants) AS wants,
       count(CASE WHEN unused THEN 1 END) AS hashtags
