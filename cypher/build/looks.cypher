// Replaces the arcs of some posts to posts that look alike, and adds arcs to them from others, each of which keeps the
// nearest; returns how many arcs the posts have. A post whose picture is of another model by now is left out
// needs: build/looks_near
// :param rows => head([{keep: 10, posts: [{post: '1', model: 'lite0', targets: ['2'], weights: [0.9], finders: ['3'], found: [0.8]}]}])
UNWIND $rows.posts AS row
MATCH (post:Post {id: row.post}) WHERE post.pictureModel = row.model
CALL (post) {
  MATCH (post)-[old:SIMILAR_PICTURE]->()
  DELETE old
}
CALL (post, row) {
  UNWIND range(0, size(row.targets) - 1) AS place
  MATCH (other:Post {id: row.targets[place]}) WHERE other.pictureModel = row.model
  CREATE (post)-[:SIMILAR_PICTURE {weight: row.weights[place]}]->(other)
  RETURN count(*) AS arcs
}
CALL (post, row) {
  UNWIND range(0, size(row.finders) - 1) AS place
  MATCH (source:Post {id: row.finders[place]}) WHERE source.pictureModel = row.model
  MERGE (source)-[arc:SIMILAR_PICTURE]->(post)
  SET arc.weight = row.found[place]
  WITH source
  // fragment: largest_arcs (:SIMILAR=:SIMILAR_PICTURE)
  CALL (source) {
    MATCH (source)-[arc:SIMILAR_PICTURE]->(other)
    WITH arc, other ORDER BY arc.weight DESC, other.id SKIP $rows.keep
    DELETE arc
  }
  // end fragment
}
SET post.looksModel = row.model + ' ' + toString(post.picture[0])
RETURN sum(arcs) AS arcs
