// Inconsistencies in the data by kind, each with a count and the id of an example
MATCH (post:Post)
CALL (post) {
  MATCH (post)-[tie:TAGGED|MENTIONS]->(other)
  WITH type(tie) AS kind, other, count(*) AS ties WHERE ties > 1
  RETURN count(*) AS doubled
}
CALL (post, doubled) {
  WITH post, doubled, COUNT { (post)<-[:POSTED]-() } AS authors
  UNWIND [
    CASE WHEN NOT post.id IS :: STRING NOT NULL THEN 'post id' END,
    CASE WHEN NOT post.takenAt IS :: INTEGER THEN 'post time' END,
    CASE WHEN post.takenAt > timestamp() THEN 'post later than now' END,
    CASE WHEN post.takenAt < 946684800000 THEN 'post before 2000' END,
    CASE WHEN NOT post.likeCount IS :: INTEGER OR NOT post.commentCount IS :: INTEGER OR post.likeCount < 0 OR post.commentCount < 0
      THEN 'post count' END,
    CASE WHEN toIntegerOrNull(post.likeCount) - COUNT { (post)<-[:LIKED]-() } < 0 THEN 'post count below likes' END,
    CASE WHEN NOT post.mediaType IS :: STRING OR NOT post.imageUrl IS :: STRING THEN 'post text' END,
    CASE WHEN (post.picture IS NULL) <> (post.pictureModel IS NULL) OR (post.picture IS NULL) <> (post.pictureBytes IS NULL)
      OR NOT post.pictureModel IS :: STRING OR NOT post.pictureBytes IS :: STRING
      OR coalesce(size(toStringOrNull(post.pictureBytes)), 344) <> 344
      OR NOT (post.picture IS :: LIST<FLOAT NOT NULL> AND coalesce(size(post.picture), 256) = 256) THEN 'post picture' END,
    CASE WHEN (post.caption IS NULL) <> (post.words IS NULL) OR NOT post.words IS :: STRING THEN 'post words' END,
    CASE WHEN NOT post.sensitive IS :: BOOLEAN THEN 'post sensitive' END,
    CASE WHEN NOT coalesce(post.visibility IN ['public', 'followers'], post.visibility IS NULL) THEN 'visibility' END,
    CASE WHEN authors > 1 THEN 'post authors' END,
    CASE WHEN doubled > 0 THEN 'tag or mention twice' END
  ] AS kind
  WITH kind WHERE kind IS NOT NULL
  RETURN kind
}
RETURN kind, count(*) AS count, min(toStringOrNull(post.id)) AS example
UNION ALL
MATCH (user:User)
CALL (user) {
  MATCH (user)-[tie:LIKED|SAVED|SHARED|MORE_LIKE|FOLLOWS|POSTED|HID|MUTED|BLOCKED|INTERESTED_IN|WANTS|UNLEARNED|DISMISSED|LEFT]->(other)
  WITH type(tie) AS kind, other, count(*) AS ties WHERE ties > 1
  RETURN count(*) AS doubled
}
CALL (user, doubled) {
  UNWIND [
    CASE WHEN NOT user.id IS :: STRING NOT NULL THEN 'person id' END,
    CASE WHEN NOT user.username IS :: STRING OR NOT user.fullName IS :: STRING THEN 'person name' END,
    CASE WHEN NOT user.optedOut IS :: BOOLEAN THEN 'person opted out' END,
    CASE WHEN NOT user.notProfiled IS :: BOOLEAN OR NOT user.likesForSelf IS :: BOOLEAN THEN 'person switches' END,
    CASE WHEN NOT coalesce(user.visibility IN ['public', 'followers'], user.visibility IS NULL) THEN 'visibility' END,
    CASE WHEN NOT user.mutedWords IS :: LIST<STRING NOT NULL> OR NOT user.mutedWordsAt IS :: LIST<INTEGER NOT NULL>
      OR NOT user.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> THEN 'person muted words' END,
    CASE WHEN EXISTS { (user)-[:FOLLOWS]->(user) } THEN 'person follows themselves' END,
    CASE WHEN EXISTS { (user)-[follows:FOLLOWS]->() WHERE NOT follows.since IS :: INTEGER } THEN 'follow time' END,
    CASE WHEN EXISTS { (user)-[act:LIKED|SAVED|SHARED|MORE_LIKE|VIEWED|HID|COMMENTED|INTERESTED_IN|WANTS|MUTED|BLOCKED|UNLEARNED|RESET|DISMISSED|LEFT]->()
      WHERE NOT act.at IS :: INTEGER OR NOT act.until IS :: INTEGER } THEN 'act time' END,
    CASE WHEN EXISTS { (user)-[wants:WANTS]->() WHERE NOT coalesce(wants.how IN ['more', 'less', 'none'], false) } THEN 'want' END,
    CASE WHEN EXISTS { (user)-[wants:WANTS]->() WHERE NOT wants.topic IS :: STRING } THEN 'want topic' END,
    CASE WHEN EXISTS { (user)-[:FOLLOWS]->(other) WHERE NOT other:User } OR EXISTS { (user)-[:LIKED|SAVED|SHARED|MORE_LIKE|POSTED]->(other) WHERE NOT other:Post }
      THEN 'tie to another kind' END,
    CASE WHEN doubled > 0 THEN 'tie twice' END
  ] AS kind
  WITH kind WHERE kind IS NOT NULL
  RETURN kind
}
RETURN kind, count(*) AS count, min(toStringOrNull(user.id)) AS example
UNION ALL
MATCH (hashtag:Hashtag) WHERE NOT hashtag.name IS :: STRING NOT NULL OR NOT hashtag.display IS :: STRING NOT NULL
RETURN 'hashtag name' AS kind, count(*) AS count, min(toStringOrNull(hashtag.name)) AS example
UNION ALL
MATCH (hashtag:Hashtag) WHERE COUNT { (hashtag)-[:OF_TOPIC]->() } > 1
  OR EXISTS { (hashtag)-[of:OF_TOPIC]->(topic) WHERE NOT topic:Topic OR NOT of.place IS :: INTEGER NOT NULL OR NOT topic.id IS :: STRING NOT NULL }
RETURN 'hashtag topic' AS kind, count(*) AS count, min(toStringOrNull(hashtag.name)) AS example
