// Counts of the data that my feed could be made of, to explain an empty one; no row if I am unknown
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
MATCH (me:User {id: $me})
RETURN COUNT { (:Post) } AS posts, COUNT { (me)-[:FOLLOWS]->() } AS followees,
  COUNT { // one is enough, so only some of thousands are read
    CALL (me) { MATCH (me)-[liked:LIKED]->() RETURN liked LIMIT 5000 }
    WITH liked WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
    RETURN liked LIMIT 1
  } AS likes,
  COUNT { (me)-[:LIKED|SAVED|SHARED|MORE_LIKE]->() } AS likedEver, COUNT { (me)<-[:FOLLOWS]-() } AS followers,
  COUNT { (me)-[:INTERESTED_IN]->() } AS picks, COUNT { (me)<-[:MENTIONS]-() } AS mentions,
  head(COLLECT { CALL () { MATCH (post:Post) WHERE post.takenAt <= $now RETURN post ORDER BY post.takenAt DESC LIMIT 100 }
    WITH me, post WHERE
      // fragment: open_to_me
      NOT EXISTS { (post)<-[:POSTED]-(author) WHERE (coalesce(author.visibility <> 'public', false)
        OR coalesce(post.visibility <> 'public', false)) AND author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } }
      // end fragment
    RETURN post.takenAt ORDER BY post.takenAt DESC LIMIT 1 })
    AS newestBefore,
  head(COLLECT { CALL () { MATCH (post:Post) WHERE post.takenAt > $now RETURN post ORDER BY post.takenAt LIMIT 100 }
    WITH me, post WHERE
      // fragment: open_to_me
      NOT EXISTS { (post)<-[:POSTED]-(author) WHERE (coalesce(author.visibility <> 'public', false)
        OR coalesce(post.visibility <> 'public', false)) AND author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } }
      // end fragment
    RETURN post.takenAt ORDER BY post.takenAt LIMIT 1 })
    AS oldestAfter,
  EXISTS { MATCH (post:Post) WHERE post.takenAt <= $now } AS anyBefore,
  EXISTS { MATCH (post:Post) WHERE post.takenAt > $now } AS anyAfter
