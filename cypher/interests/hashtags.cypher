// My hashtags, the dearest first: on how many posts that I liked or am shown in each is
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
// :param limit => 10
MATCH (me:User {id: $me})
CALL (me) {
  MATCH (me)-[liked:LIKED]->(post:Post)
  WHERE coalesce($now - $historyDays * 86400000 < liked.at <= $now, true)
  RETURN post, 1 AS liked, 0 AS shown
UNION ALL
  MATCH (me)<-[:MENTIONS]-(post:Post)
  RETURN post, 0 AS liked, 1 AS shown
}
WITH me, post, max(liked) AS liked, max(shown) AS shown
MATCH (post)-[:TAGGED]->(hashtag:Hashtag)
WITH me, hashtag, count(post) AS weight, sum(liked) AS liked, sum(shown) AS shown
WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
RETURN hashtag.name AS hashtag, hashtag.display AS display, weight, liked, shown
ORDER BY weight DESC, hashtag
LIMIT $limit
