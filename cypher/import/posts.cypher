// Adds or completes posts; returns the lines of those that have another author already
// :param rows => [{line: 2, id: '1', author: '42', properties: {takenAt: 1}, likeCount: null, commentCount: null}]
UNWIND $rows AS row
OPTIONAL MATCH (author:User {id: row.author})
OPTIONAL MATCH (:Post {id: row.id})<-[:POSTED]-(before:User)
CALL (row, author, before) {
  WITH row, author, before WHERE coalesce(before = author, true)
  MERGE (post:Post {id: row.id})
    ON CREATE SET post.likeCount = 0, post.commentCount = 0
  // A count given again with the same value changes nothing: events may have moved the counter since
  SET post.likeCount = CASE WHEN coalesce(row.likeCount = post.givenLikeCount, row.likeCount IS NULL)
        THEN post.likeCount ELSE row.likeCount END,
      post.commentCount = CASE WHEN coalesce(row.commentCount = post.givenCommentCount, row.commentCount IS NULL)
        THEN post.commentCount ELSE row.commentCount END,
      post.givenLikeCount = coalesce(row.likeCount, post.givenLikeCount),
      post.givenCommentCount = coalesce(row.commentCount, post.givenCommentCount),
      post += row.properties
  FOREACH (_ IN CASE WHEN author IS NOT NULL THEN [1] ELSE [] END | MERGE (author)-[:POSTED]->(post))
}
WITH row, before WHERE before.id <> row.author
RETURN row.line AS line, 'post ' + row.id + ' is by user ' + before.id + ' already' AS problem
