// Removes some of what ties anything to a post, and altogether the hashtags that nobody uses any more; how many ties
// :param post => '1'
// :param batch => 2000
MATCH (:Post {id: $post})-[tie]-(other)
WITH tie, other LIMIT $batch
DELETE tie
WITH count(*) AS ties, collect(DISTINCT CASE WHEN other:Hashtag THEN other END) AS hashtags
CALL (hashtags) {
  UNWIND hashtags AS hashtag
  WITH hashtag WHERE NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|MUTED]-() }
  DETACH DELETE hashtag
}
RETURN ties
