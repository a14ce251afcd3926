// Posts with a hashtag: those that come first in the store, in any order, and where these are not the newest, the
// newest as of the build
CALL (hashtag) {
  MATCH (hashtag)<-[:TAGGED]-(post) RETURN post LIMIT $bounds.scanned
UNION
  MATCH (hashtag)-[:RECENT]->(post) WHERE EXISTS { (hashtag)<-[:TAGGED]-(post) } RETURN post LIMIT $bounds.scanned
}
