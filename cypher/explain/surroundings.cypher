// What a feed of mine could be made of, to say why one is empty; no row if the graph does not know me
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
MATCH (me:User {id: $me})
RETURN COUNT { (:Post) } AS posts, COUNT { (me)-[:FOLLOWS]->() } AS followees,
  COUNT { (me)-[liked:LIKED]->() WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true) } AS likes,
  COUNT { (me)-[:LIKED]->() } AS likedEver, COUNT { (me)<-[:FOLLOWS]-() } AS followers,
  COUNT { (me)-[:INTERESTED_IN]->() } AS picks, COUNT { (me)<-[:MENTIONS]-() } AS mentions,
  head(COLLECT { MATCH (post:Post) WHERE post.takenAt <= $now RETURN post.takenAt ORDER BY post.takenAt DESC LIMIT 1 })
    AS newestBefore,
  head(COLLECT { MATCH (post:Post) WHERE post.takenAt > $now RETURN post.takenAt ORDER BY post.takenAt LIMIT 1 })
    AS oldestAfter
