// Topics as they are stored, each with its hashtags by internal id, the highest number that one ever had, and the ids
// that wishes are about: an import may bring these of topics that are not here
OPTIONAL MATCH (build:Build {name: 'current'})
RETURN toIntegerOrNull(build.topicsMade) AS made,
  COLLECT { MATCH ()-[want:WANTS]->() WHERE want.topic IS :: STRING NOT NULL RETURN DISTINCT want.topic } AS wished, COLLECT {
  MATCH (topic:Topic) WHERE topic.id IS :: STRING NOT NULL
  RETURN {
    id: topic.id, hashtags: toIntegerOrNull(topic.hashtags), posts: toIntegerOrNull(topic.posts),
    nodes: COLLECT { MATCH (topic)<-[of:OF_TOPIC]-(hashtag) RETURN id(hashtag) ORDER BY of.place, id(hashtag) },
    places: COLLECT { MATCH (topic)<-[of:OF_TOPIC]-(hashtag) RETURN coalesce(toIntegerOrNull(of.place), 0) ORDER BY of.place, id(hashtag) }
  } ORDER BY topic.id
} AS topics
