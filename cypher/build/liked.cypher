// Internal ids of the posts that some people like, of each person the latest stored
// :param rows => head([{nodes: [0], most: 5000}])
UNWIND $rows.nodes AS node
MATCH (user:User) WHERE id(user) = node
CALL (user) {
  MATCH (user)-[:LIKED]->(post)
  WITH post LIMIT $rows.most
  WHERE NOT
    // fragment: for_followers
    (coalesce(post.visibility <> 'public', false)
      OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
    // end fragment
  RETURN collect(id(post)) AS posts
}
RETURN node, posts
