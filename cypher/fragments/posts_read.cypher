// Posts of an author: those that come first in the store, in any order, and where these are not the newest, the
// newest as of the build
CALL (author) {
  MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
UNION
  MATCH (author)-[:RECENT]->(post) WHERE EXISTS { (author)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
}
