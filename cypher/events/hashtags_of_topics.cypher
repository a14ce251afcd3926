// Names of the hashtags that wishes about topics may change: those of the topics, and those of the person's wish before
// :param rows => [{user: '42', topic: 't1'}]
UNWIND $rows AS row
CALL (row) {
  MATCH (topic:Topic {id: row.topic})
  // fragment: topic_hashtags
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(named:Hashtag) RETURN of, named LIMIT 500 }
  WITH named ORDER BY of.place, named.name LIMIT 100
  WITH DISTINCT
    coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
    AS hashtag
  // end fragment
  RETURN hashtag
UNION
  MATCH (:User {id: row.user})-[want:WANTS]->(hashtag) WHERE want.topic = row.topic
  RETURN hashtag
}
WITH DISTINCT hashtag WHERE hashtag.name IS :: STRING NOT NULL
RETURN hashtag.name AS hashtag
