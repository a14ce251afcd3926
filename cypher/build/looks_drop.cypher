// Deletes a batch of the arcs from and to each of some posts that had been compared by their looks, or that may have no
// arcs any more; returns the most that one had
// :param rows => head([{posts: ['1'], batch: 10000}])
UNWIND $rows.posts AS id
MATCH (post:Post {id: id})
WHERE post.looksModel IS NOT NULL OR post.picture IS NULL OR NOT (
  // fragment: looks_open
  post.id IS :: STRING NOT NULL AND NOT coalesce(post.visibility <> 'public', false) AND NOT EXISTS {
    MATCH (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false)
      OR coalesce(author.optedOut <> false, false) OR coalesce(author.notProfiled <> false, false)
  }
  // end fragment
  )
CALL (post) {
  MATCH (post)-[arc:SIMILAR_PICTURE]-()
  WITH arc LIMIT $rows.batch
  DELETE arc
  RETURN count(*) AS arcs
}
FOREACH (_ IN CASE WHEN arcs < $rows.batch THEN [1] ELSE [] END | REMOVE post.looksModel)
RETURN coalesce(max(arcs), 0) AS arcs
