// Adds comments by id, counts them, and marks the people whose affinity is due
// :param rows => [{place: 0, id: 'c1', user: '42', post: '1', properties: {at: 1, text: 'Lovely'}}]
// :param recordedAt => timestamp()
// fragment: rows_of_posts
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
// end fragment
OPTIONAL MATCH (commenter:User)-[known:COMMENTED {id: row.id}]->(commented:Post)
USING INDEX SEEK known:COMMENTED(id) // the planner would scan where its statistics miss many new comments
WITH row, user, post, known, CASE WHEN commenter <> user OR commented <> post
    THEN {place: row.place, id: row.id, user: commenter.id, post: commented.id} END AS taken
WITH row, user, post, taken, known IS NOT NULL AND taken IS NULL AND any(name IN keys(row.properties)
    WHERE coalesce(known[name] <> row.properties[name], true)) AS changes
CALL (row, user, post, taken) {
  WITH row, user, post WHERE taken IS NULL
  MERGE (user)-[comment:COMMENTED {id: row.id}]->(post)
    ON CREATE SET
      // fragment: affinity_due (me=user)
      user.affinityAt = CASE WHEN coalesce(user.notProfiled <> false, false) THEN null WHEN user.affinityAt > $recordedAt THEN user.affinityAt ELSE $recordedAt END
      // end fragment
  SET comment += row.properties
}
WITH post, count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated,
     collect(taken) AS taken
FOREACH (_ IN CASE WHEN post.givenCommentCount IS NULL THEN [1] ELSE [] END |
  SET post.commentCount = COUNT { (post)<-[:COMMENTED]-() })
RETURN sum(rows) AS rows, sum(updated) AS updated,
       reduce(all = [], some IN collect(taken) | all + some) AS taken
