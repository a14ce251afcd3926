// Topics, those with the most posts first, each named by its most typical hashtags; those that I muted are not named
// :param me => '42'
// :param limit => 10
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (topic:Topic) WHERE topic.id IS :: STRING NOT NULL
WITH me, topic, coalesce(toIntegerOrNull(topic.posts), 0) AS posts ORDER BY posts DESC, topic.id
// fragment: topic_name
CALL (me, topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(hashtag:Hashtag) RETURN of, hashtag LIMIT 500 }
  WITH me, hashtag, min(of.place) AS place WHERE hashtag.name IS :: STRING NOT NULL
  WITH me, hashtag, place ORDER BY place, hashtag.name LIMIT 20
  WITH hashtag, place WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
  WITH hashtag ORDER BY place, hashtag.name LIMIT 3
  WITH collect(coalesce(toStringOrNull(hashtag.display), hashtag.name)) AS names
  RETURN CASE WHEN names <> [] THEN substring(reduce(text = '', name IN names | text + ', ' + name), 2) END AS topicName
}
// end fragment
WITH topic, posts, topicName WHERE topicName IS NOT NULL
WITH topic, posts, topicName LIMIT $limit
RETURN topic.id AS topic, topicName AS name, coalesce(toIntegerOrNull(topic.hashtags), 0) AS hashtags, posts
ORDER BY posts DESC, topic
