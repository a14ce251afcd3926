// Deletes ties of a post, and the hashtags that nothing uses any more; returns how many ties
// :param post => '1'
// :param ties => [0]
MATCH (post:Post {id: $post})
UNWIND $ties AS tieId
MATCH (start)-[tie]->(end)
WHERE id(tie) = tieId AND (start = post OR end = post) // Neo4j may have given the id of a deleted tie to another
WITH tie, CASE WHEN start = post THEN end ELSE start END AS other
DELETE tie
WITH count(*) AS ties, collect(DISTINCT CASE WHEN other:Hashtag THEN other END) AS hashtags
CALL (hashtags) {
  UNWIND hashtags AS hashtag
  WITH hashtag WHERE
    // fragment: hashtag_unused
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
    // end fragment
  DETACH DELETE hashtag
}
RETURN ties
