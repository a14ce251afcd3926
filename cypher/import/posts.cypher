// Adds or completes posts; returns the lines of those whose author is unknown, or another than before
// :param rows => [{line: 2, id: '1', author: '42', properties: {takenAt: 1}, likeCount: null, commentCount: null}]
UNWIND $rows AS row
OPTIONAL MATCH (author:User {id: row.author})
OPTIONAL MATCH (:Post {id: row.id})<-[:POSTED]-(before:User)
WITH row, author, before, CASE
    WHEN row.author IS NOT NULL AND author IS NULL THEN 'no user ' + row.author
    WHEN before <> author THEN 'post ' + row.id + ' is by user ' + before.id + ' already'
  END AS problem
CALL (row, author, before, problem) {
  WITH row, author, before WHERE problem IS NULL
  MERGE (post:Post {id: row.id})
    ON CREATE SET post.likeCount = 0, post.commentCount = 0
  // A count given again with the same value changes nothing: events may have moved the counter since.
  SET post.likeCount = CASE WHEN coalesce(row.likeCount = post.givenLikeCount, row.likeCount IS NULL)
        THEN post.likeCount ELSE row.likeCount END,
      post.commentCount = CASE WHEN coalesce(row.commentCount = post.givenCommentCount, row.commentCount IS NULL)
        THEN post.commentCount ELSE row.commentCount END,
      post.givenLikeCount = coalesce(row.likeCount, post.givenLikeCount),
      post.givenCommentCount = coalesce(row.commentCount, post.givenCommentCount),
      post += row.properties
  FOREACH (_ IN CASE WHEN author IS NOT NULL AND before IS NULL THEN [1] ELSE [] END |
    MERGE (author)-[:POSTED]->(post))
}
WITH row, problem WHERE problem IS NOT NULL
RETURN row.line AS line, problem
