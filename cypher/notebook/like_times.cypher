// Keeps the earliest time of likes that py2neo merged, and counts them on posts without a given count
// :param rows => [{user: '42', post: '1', at: null}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
OPTIONAL MATCH (:User {id: row.user})-[liked:LIKED]->(post)
SET liked.at = CASE WHEN row.at < liked.at OR liked.at IS NULL THEN row.at ELSE liked.at END
WITH post, count(*) AS rows WHERE post.givenLikeCount IS NULL
SET post.likeCount = COUNT { (post)<-[:LIKED]-() }
