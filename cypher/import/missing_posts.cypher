// Creates the posts with the given ids that the graph lacks
// :param ids => ['new']
UNWIND $ids AS id
MERGE (post:Post {id: id})
  ON CREATE SET post.likeCount = 0, post.commentCount = 0
