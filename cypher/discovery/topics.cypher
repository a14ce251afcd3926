// Topics, those with the most posts first, each named by its most typical hashtags; those that I muted are not named
// :param me => '42'
// :param limit => 10
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (topic:Topic) WHERE topic.id IS :: STRING NOT NULL
WITH me, topic, coalesce(toIntegerOrNull(topic.posts), 0) AS posts ORDER BY posts DESC, topic.id
// fragment: topic_name
CALL (me, topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(typical:Hashtag) RETURN of, typical LIMIT 500 }
  WITH me, typical, min(of.place) AS nth WHERE typical.name IS :: STRING NOT NULL
  WITH me, typical, nth ORDER BY nth, typical.name LIMIT 20
  WITH typical, nth WHERE NOT EXISTS { (me)-[:MUTED]->(typical) } AND NOT EXISTS { (typical)-[:VARIANT_OF]->() } // which may be merged just now
  WITH typical ORDER BY nth, typical.name LIMIT 3
  WITH collect(coalesce(toStringOrNull(typical.display), typical.name)) AS spellings
  RETURN CASE WHEN spellings <> [] THEN substring(reduce(text = '', spelling IN spellings | text + ', ' + spelling), 2) END AS topicName
}
// end fragment
WITH topic, posts, topicName WHERE topicName IS NOT NULL
WITH topic, posts, topicName LIMIT $limit
RETURN topic.id AS topic, topicName AS name, coalesce(toIntegerOrNull(topic.hashtags), 0) AS hashtags, posts
ORDER BY posts DESC, topic
