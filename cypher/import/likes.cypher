// Adds who liked what, the earliest time kept, and counts the likes of posts for which no count was given
// :param rows => [{user: '42', post: '1', at: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
MERGE (user)-[liked:LIKED]->(post)
  ON CREATE SET liked.at = row.at
WITH row, post, liked, coalesce(row.at < liked.at, row.at IS NOT NULL AND liked.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET liked.at = row.at)
// Grouped, not DISTINCT, which would count while later rows are still to be merged
WITH post, count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
FOREACH (_ IN CASE WHEN post.givenLikeCount IS NULL THEN [1] ELSE [] END |
  SET post.likeCount = COUNT { (post)<-[:LIKED]-() })
RETURN sum(rows) AS rows, sum(updated) AS updated
