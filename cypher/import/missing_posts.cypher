// Makes the posts with these ids that the graph lacks
// :param ids => ['1']
UNWIND $ids AS id
MERGE (post:Post {id: id})
  ON CREATE SET post.likeCount = 0, post.commentCount = 0
