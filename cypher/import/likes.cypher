// Adds likes, keeping the earliest time, counts them where no count was given, and marks the people and posts to renew
// :param rows => [{user: '42', post: '1', at: null}]
// :param recordedAt => timestamp()
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
MERGE (user)-[liked:LIKED]->(post)
  ON CREATE SET liked.at = row.at, user.factorsLikes = null,
    // fragment: affinity_due (me=user)
    user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
    // end fragment
WITH row, post, liked, coalesce(row.at < liked.at, row.at IS NOT NULL AND liked.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET liked.at = row.at)
// Grouped: DISTINCT would count before later rows are merged
WITH post, count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
WITH post, rows, updated, COUNT { (post)<-[:LIKED]-() } AS likes
FOREACH (_ IN CASE WHEN post.givenLikeCount IS NULL THEN [1] ELSE [] END | SET post.likeCount = likes)
// fragment: post_changed
FOREACH (_ IN CASE WHEN likes >= 3 AND 10 * likes >= 11 * coalesce(post.listedLikes, 0) AND post.changedAt IS NULL
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
// end fragment
RETURN sum(rows) AS rows, sum(updated) AS updated
