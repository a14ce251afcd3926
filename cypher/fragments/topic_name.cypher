// The name of a topic for me: the spellings of its three most typical hashtags, without those that I muted; null if it
// is left without any
CALL (me, topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(typical:Hashtag) RETURN of, typical LIMIT 500 }
  WITH me, typical, min(of.place) AS nth WHERE typical.name IS :: STRING NOT NULL
  WITH me, typical, nth ORDER BY nth, typical.name LIMIT 20
  WITH typical, nth WHERE NOT EXISTS { (me)-[:MUTED]->(typical) } AND NOT EXISTS { (typical)-[:VARIANT_OF]->() } // which may be merged just now
  WITH typical ORDER BY nth, typical.name LIMIT 3
  WITH collect(coalesce(toStringOrNull(typical.display), typical.name)) AS spellings
  RETURN CASE WHEN spellings <> [] THEN substring(reduce(text = '', spelling IN spellings | text + ', ' + spelling), 2) END AS topicName
}
