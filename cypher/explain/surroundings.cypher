// What a feed of mine could be made of, to say why one is empty; no row if the graph does not know me
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
MATCH (me:User {id: $me})
RETURN COUNT { (:Post) } AS posts, COUNT { (me)-[:FOLLOWS]->() } AS followees,
  COUNT { // one is enough to know, and whoever liked thousands is asked for some of these
    CALL (me) { MATCH (me)-[liked:LIKED]->() RETURN liked LIMIT 5000 }
    WITH liked WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
    RETURN liked LIMIT 1
  } AS likes,
  COUNT { (me)-[:LIKED]->() } AS likedEver, COUNT { (me)<-[:FOLLOWS]-() } AS followers,
  COUNT { (me)-[:INTERESTED_IN]->() } AS picks, COUNT { (me)<-[:MENTIONS]-() } AS mentions,
  head(COLLECT { MATCH (post:Post) WHERE post.takenAt <= $now RETURN post.takenAt ORDER BY post.takenAt DESC LIMIT 1 })
    AS newestBefore,
  head(COLLECT { MATCH (post:Post) WHERE post.takenAt > $now RETURN post.takenAt ORDER BY post.takenAt LIMIT 1 })
    AS oldestAfter
