// Deletes a batch of a post's ties, and the hashtags that nothing uses any more; returns how many ties
// :param post => '1'
// :param batch => 2000
MATCH (:Post {id: $post})-[tie]-(other)
WITH tie, other LIMIT $batch
DELETE tie
WITH count(*) AS ties, collect(DISTINCT CASE WHEN other:Hashtag THEN other END) AS hashtags
CALL (hashtags) {
  UNWIND hashtags AS hashtag
  WITH hashtag WHERE
    // fragment: hashtag_unused
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|MUTED]-() }
    // end fragment
  DETACH DELETE hashtag
}
RETURN ties
