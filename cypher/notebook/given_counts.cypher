// Sets the counters of posts that py2neo merged to the given counts, or else to the number of ties in the graph
// :param rows => [{post: '1', likeCount: 7, commentCount: null}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
// A count given again with the same value changes nothing: events may have moved the counter since
SET post.likeCount = CASE WHEN coalesce(row.likeCount = post.givenLikeCount, row.likeCount IS NULL)
      THEN coalesce(post.likeCount, COUNT { (post)<-[:LIKED]-() }) ELSE row.likeCount END,
    post.commentCount = CASE WHEN coalesce(row.commentCount = post.givenCommentCount, row.commentCount IS NULL)
      THEN coalesce(post.commentCount, COUNT { (post)<-[:COMMENTED]-() }) ELSE row.commentCount END,
    post.givenLikeCount = coalesce(row.likeCount, post.givenLikeCount),
    post.givenCommentCount = coalesce(row.commentCount, post.givenCommentCount)
