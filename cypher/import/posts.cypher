// Adds or completes posts, which keep their author; marks those that are new to a build and recent
// :param rows => [{place: 0, id: '1', author: '42', properties: {takenAt: 1}, likeCount: null, commentCount: null}]
// :param recordedAt => timestamp()
OPTIONAL MATCH (build:Build {name: 'current'})
WITH head(collect(build.windowFrom)) AS windowFrom
UNWIND $rows AS row
OPTIONAL MATCH (author:User {id: row.author})
OPTIONAL MATCH (known:Post {id: row.id})
OPTIONAL MATCH (known)<-[:POSTED]-(before:User)
WITH windowFrom, row, author, known, before,
     CASE WHEN before <> author THEN {place: row.place, id: row.id, author: before.id} END AS taken
WITH windowFrom, row, author, before, taken, known IS NULL AS isNew, known IS NOT NULL AND taken IS NULL AND (
       (before IS NULL AND author IS NOT NULL)
       OR (row.likeCount IS NOT NULL AND coalesce(row.likeCount <> known.givenLikeCount, true))
       OR (row.commentCount IS NOT NULL AND coalesce(row.commentCount <> known.givenCommentCount, true))
       OR any(name IN keys(row.properties) WHERE coalesce(known[name] <> row.properties[name], true))) AS changes
CALL (row, author, taken, isNew, windowFrom) {
  WITH row, author, isNew, windowFrom WHERE taken IS NULL
  MERGE (post:Post {id: row.id})
    ON CREATE SET post.likeCount = 0, post.commentCount = 0
  // A count given again with the same value changes nothing: events may have moved the counter since
  SET post.likeCount = CASE WHEN coalesce(row.likeCount = post.givenLikeCount, row.likeCount IS NULL)
        THEN post.likeCount ELSE row.likeCount END,
      post.commentCount = CASE WHEN coalesce(row.commentCount = post.givenCommentCount, row.commentCount IS NULL)
        THEN post.commentCount ELSE row.commentCount END,
      post.givenLikeCount = coalesce(row.likeCount, post.givenLikeCount),
      post.givenCommentCount = coalesce(row.commentCount, post.givenCommentCount)
  // The vector of a picture that is gone or another one would not be true
  FOREACH (_ IN CASE WHEN 'imageUrl' IN keys(row.properties) AND coalesce(row.properties.imageUrl <> post.imageUrl, post.imageUrl IS NOT NULL)
    THEN [1] ELSE [] END | REMOVE post.picture, post.pictureModel, post.pictureBytes)
  SET post += row.properties
  FOREACH (_ IN CASE WHEN isNew AND post.takenAt >= windowFrom AND post.changedAt IS NULL THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
  FOREACH (_ IN CASE WHEN author IS NOT NULL THEN [1] ELSE [] END | MERGE (author)-[:POSTED]->(post))
}
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated, collect(taken) AS taken
