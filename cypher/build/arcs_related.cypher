// Arcs from hashtags to related ones, the arcs of a page of hashtags together, in pages by internal id
// :param highest => 1000000
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (hashtag:Hashtag) WHERE id(hashtag) = id
  MATCH (hashtag)-[arc:RELATED_TO]->(other)
  RETURN collect(id) AS sources, collect(id(other)) AS targets, collect(coalesce(toFloatOrNull(arc.weight), 0.0)) AS values,
    collect(coalesce(toStringOrNull(arc.by), '')) AS by
}
WITH sources, targets, values, by WHERE sources <> []
RETURN sources, targets, values, by
