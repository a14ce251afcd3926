// Deletes a batch of a hashtag's ties, or the hashtag if it has none; returns how many ties
// needs: events/mute_hashtag
// :param hashtag => 'sunset'
// :param batch => 2000
MATCH (hashtag:Hashtag {name: $hashtag})
CALL (hashtag) {
  MATCH (hashtag)-[tie]-()
  WITH tie LIMIT $batch
  DELETE tie
  RETURN count(*) AS ties
}
FOREACH (_ IN CASE ties WHEN 0 THEN [1] ELSE [] END | DETACH DELETE hashtag)
RETURN ties
