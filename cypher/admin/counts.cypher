// Counts of nodes by label and of relationships by type
CALL () {
  MATCH (node) UNWIND labels(node) AS name RETURN name, count(*) AS count
UNION ALL
  MATCH ()-[relationship]->() RETURN type(relationship) AS name, count(*) AS count
}
RETURN name, count
ORDER BY name
