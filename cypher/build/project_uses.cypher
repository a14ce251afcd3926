// Projects for GDS which people use some hashtags, each once however many posts they have, in posts that everybody may
// be shown and that were taken up to a time; of each hashtag, the posts that the store gives first
// :param rows => head([{nodes: [0], posts: 10000, people: 3}])
// :param now => timestamp()
// :param usesGraph => 'graphfeed-uses'
UNWIND $rows.nodes AS node
MATCH (hashtag:Hashtag) WHERE id(hashtag) = node
CALL (hashtag) {
  CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post:Post) RETURN post LIMIT $rows.posts }
  WITH post WHERE coalesce(post.takenAt <= $now, true) AND NOT coalesce(post.sensitive <> false, false) AND NOT
    // fragment: for_followers
    (coalesce(post.visibility <> 'public', false)
      OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
    // end fragment
  // fragment: author
  CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH author WHERE author IS NOT NULL AND NOT coalesce(author.optedOut <> false, false)
  RETURN collect(DISTINCT author) AS people
}
// A hashtag that too few people use stands alone, so that there always is a node
WITH hashtag, size(people) AS users, CASE WHEN size(people) >= $rows.people THEN people ELSE [null] END AS people
UNWIND people AS person
WITH gds.graph.project($usesGraph, hashtag, person, {sourceNodeProperties: {users: users}, targetNodeProperties: {users: 0}}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS nodes, projected.relationshipCount AS arcs
