// Replaces the arcs into a marked post, each source keeping its heaviest arcs, and clears the mark unless the post has
// a tenth more likes by now; a post that was marked again meanwhile is left for the next run
// :param rows => head([{known: timestamp(), node: 1, sources: [2], weights: [0.2], keep: 20, likes: 3, changedAt: 0}])
MATCH (post:Post) WHERE id(post) = $rows.node AND post.knownSince <= $rows.known AND post.changedAt = $rows.changedAt
OPTIONAL MATCH (build:Build {name: 'current'}) WHERE post.takenAt >= build.windowFrom
CALL (post) {
  MATCH (post)<-[old:SIMILAR|SIMILAR_NEW]-(source)
  WHERE NOT id(source) IN $rows.sources
  DELETE old
}
CALL (post, build) {
  UNWIND range(0, size($rows.sources) - 1) AS place
  MATCH (source:Post) WHERE id(source) = $rows.sources[place] AND source.knownSince <= $rows.known
  MERGE (source)-[arc:SIMILAR]->(post)
  SET arc.weight = $rows.weights[place]
  FOREACH (_ IN CASE WHEN build IS NULL THEN [] ELSE [1] END |
    MERGE (source)-[newArc:SIMILAR_NEW]->(post)
    SET newArc.weight = $rows.weights[place])
  WITH DISTINCT source
  // fragment: largest_arcs
  CALL (source) {
    MATCH (source)-[arc:SIMILAR]->(other)
    WITH arc, other ORDER BY arc.weight DESC, other.id SKIP $rows.keep
    DELETE arc
  }
  // end fragment
  // fragment: largest_arcs (:SIMILAR=:SIMILAR_NEW)
  CALL (source) {
    MATCH (source)-[arc:SIMILAR_NEW]->(other)
    WITH arc, other ORDER BY arc.weight DESC, other.id SKIP $rows.keep
    DELETE arc
  }
  // end fragment
}
SET post.listedLikes = $rows.likes, post.changeFailures = null,
    // More as well: a tenth more than 0 is 0, and a post that lost all its likes would stay marked for ever
    post.changedAt = CASE WHEN COUNT { (post)<-[:LIKED]-() } > $rows.likes
      AND 10 * COUNT { (post)<-[:LIKED]-() } >= 11 * $rows.likes THEN post.changedAt END
RETURN post.id AS post
