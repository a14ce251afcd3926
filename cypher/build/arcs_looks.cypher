// Arcs between posts that look alike, the arcs of a page of posts together, in pages by internal id
// :param highest => 1000000
// fragment: build/arcs_similar (:SIMILAR=:SIMILAR_PICTURE)
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (post:Post) WHERE id(post) = id
  MATCH (post)-[arc:SIMILAR_PICTURE]->(other)
  RETURN collect(id) AS sources, collect(id(other)) AS targets, collect(coalesce(toFloatOrNull(arc.weight), 0.0)) AS values
}
WITH sources, targets, values WHERE sources <> []
RETURN sources, targets, values
// end fragment
