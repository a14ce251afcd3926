// Internal ids of the people who like some posts, of each post the latest stored
// :param rows => head([{nodes: [1], most: 1000}])
UNWIND $rows.nodes AS node
MATCH (post:Post) WHERE id(post) = node
CALL (post) {
  MATCH (post)<-[:LIKED]-(user) WHERE NOT coalesce(user.likesForSelf <> false, false)
  WITH user LIMIT $rows.most
  RETURN collect(id(user)) AS people
}
RETURN node, people
