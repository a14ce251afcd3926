// Sets the topic of some hashtags, or none, and their places in it; returns how many
// needs: build/put_topics
// :param rows => head([{hashtags: [{node: 0, hashtag: 'sunset', topic: 'topic-1', place: 1}]}])
UNWIND $rows.hashtags AS row
MATCH (hashtag) WHERE id(hashtag) = row.node
CALL (hashtag) {
  MATCH (hashtag)-[old:OF_TOPIC]->()
  DELETE old
}
CALL (hashtag, row) {
  MATCH (topic:Topic {id: row.topic}) WHERE hashtag:Hashtag AND hashtag.name = row.hashtag AND NOT EXISTS { (hashtag)-[:VARIANT_OF]->() }
  CREATE (hashtag)-[:OF_TOPIC {place: row.place}]->(topic)
}
RETURN count(*) AS hashtags
