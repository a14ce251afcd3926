// The name of a topic for me: the spellings of its three most typical hashtags, without those that I muted; null if it
// is left without any
CALL (me, topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(hashtag:Hashtag) RETURN of, hashtag LIMIT 500 }
  WITH me, hashtag, min(of.place) AS place WHERE hashtag.name IS :: STRING NOT NULL
  WITH me, hashtag, place ORDER BY place, hashtag.name LIMIT 20
  WITH hashtag, place WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
  WITH hashtag ORDER BY place, hashtag.name LIMIT 3
  WITH collect(coalesce(toStringOrNull(hashtag.display), hashtag.name)) AS names
  RETURN CASE WHEN names <> [] THEN substring(reduce(text = '', name IN names | text + ', ' + name), 2) END AS topicName
}
