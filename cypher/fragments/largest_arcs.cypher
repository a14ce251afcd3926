// Deletes the arcs of a post beyond its heaviest
CALL (source) {
  MATCH (source)-[arc:SIMILAR]->(other)
  WITH arc, other ORDER BY arc.weight DESC, other.id SKIP $rows.keep
  DELETE arc
}
