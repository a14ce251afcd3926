// Adds who liked what, the earliest time kept, and counts the likes of posts for which no count was given
// :param rows => [{user: '42', post: '1', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
MERGE (user)-[liked:LIKED]->(post)
SET liked.at = CASE WHEN row.at < liked.at OR liked.at IS NULL THEN row.at ELSE liked.at END
// Grouped, not DISTINCT, which would count while later rows are still to be merged
WITH post, count(*) AS rows WHERE post.givenLikeCount IS NULL
SET post.likeCount = COUNT { (post)<-[:LIKED]-() }
