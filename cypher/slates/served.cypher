// When each of some posts was last in my feed: the latest end of a slate of mine that counts it as served
// needs: slates/create
// :param me => '42'
// :param now => timestamp()
// :param servedDays => 7
// :param posts => ['1']
MATCH (:User {id: $me})-[:WAS_SHOWN]->(slate:Slate)
WHERE $now - $servedDays * 86400000 < slate.asOf
UNWIND slate.posts[..slate.served] AS post
WITH post, slate WHERE post IN $posts
RETURN post, max(slate.expiresAt) AS until
