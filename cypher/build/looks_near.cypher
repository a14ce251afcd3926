// Posts that may look like others, each with the nearest whose pictures are of the same model, their cosines, and
// whether they are of the same author. A picture that is no vector of length 1 has none. The index is of rounded
// numbers, so cosines are computed again
// :param rows => head([{posts: ['1'], nearest: 20, least: 0.5, size: 256}])
UNWIND $rows.posts AS id
MATCH (post:Post {id: id})
WHERE
  // fragment: looks_open
  post.id IS :: STRING NOT NULL AND NOT coalesce(post.visibility <> 'public', false) AND NOT EXISTS {
    MATCH (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false)
      OR coalesce(author.optedOut <> false, false) OR coalesce(author.notProfiled <> false, false)
  }
  // end fragment
  AND post.pictureModel IS :: STRING NOT NULL
  AND CASE WHEN post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL AND size(post.picture) = $rows.size
    THEN coalesce(0.9 < reduce(sum = 0.0, x IN post.picture | sum + x * x) < 1.1, false) ELSE false END
CALL (post) {
  CALL db.index.vector.queryNodes('post_picture', $rows.nearest, post.picture) YIELD node, score
  WITH node, score WHERE node <> post
  WITH node, 2 * vector.similarity.cosine(post.picture, node.picture) - 1 AS weight
  WHERE weight >= $rows.least AND node.pictureModel = post.pictureModel AND
    // fragment: looks_open (post=node)
    node.id IS :: STRING NOT NULL AND NOT coalesce(node.visibility <> 'public', false) AND NOT EXISTS {
      MATCH (node)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false)
        OR coalesce(author.optedOut <> false, false) OR coalesce(author.notProfiled <> false, false)
    }
    // end fragment
  RETURN collect({post: node.id, weight: CASE WHEN weight > 1 THEN 1.0 ELSE weight END,
    isOwn: EXISTS { MATCH (post)<-[:POSTED]-(author) WITH author MATCH (author)-[:POSTED]->(node) RETURN author }}) AS near
}
RETURN id AS post, post.pictureModel AS model, near
