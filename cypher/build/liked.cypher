// Internal ids of the posts that some people like, of each person the latest stored
// :param rows => head([{nodes: [0], most: 5000}])
UNWIND $rows.nodes AS node
MATCH (user:User) WHERE id(user) = node
CALL (user) {
  MATCH (user)-[:LIKED]->(post)
  WITH post LIMIT $rows.most
  // Only posts that everybody may be shown
  WHERE NOT coalesce(post.visibility <> 'public', false)
    AND NOT EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) }
  RETURN collect(id(post)) AS posts
}
RETURN node, posts
