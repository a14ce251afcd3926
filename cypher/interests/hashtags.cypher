// My hashtags, the most frequent first, each with the number of posts with it that I liked or am shown in
// Of very many likes and hashtags, only the first in the store are read
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
// :param reach => 10000
// :param limit => 10
MATCH (me:User {id: $me})
CALL (me) {
  CALL (me) {
    CALL (me) { MATCH (me)-[liked:LIKED]->(post) RETURN liked, post LIMIT $reach }
    WITH liked, post WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
    RETURN post, 1 AS liked, 0 AS shown
  UNION ALL
    CALL (me) { MATCH (me)<-[:MENTIONS]-(post) RETURN post LIMIT $reach }
    RETURN post, 0 AS liked, 1 AS shown
  }
  WITH post, max(liked) AS liked, max(shown) AS shown
  MATCH (post)-[:TAGGED]->(hashtag)
  RETURN hashtag, liked, shown LIMIT 3 * $reach
}
WITH me, hashtag, count(*) AS weight, sum(liked) AS liked, sum(shown) AS shown
ORDER BY weight DESC, hashtag.name
// Read last, and only as many as are wanted
WITH me, hashtag, weight, liked, shown WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
  AND hashtag.name IS :: STRING NOT NULL
WITH hashtag, weight, liked, shown LIMIT $limit
RETURN hashtag.name AS hashtag, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display, weight, liked, shown
ORDER BY weight DESC, hashtag
