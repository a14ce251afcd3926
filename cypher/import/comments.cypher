// Adds comments by their id and counts them
// :param rows => [{place: 0, id: 'c1', user: '42', post: '1', properties: {at: 1, text: 'Lovely'}}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
OPTIONAL MATCH (commenter:User)-[known:COMMENTED {id: row.id}]->(commented:Post)
WITH row, user, post, known, CASE WHEN commenter <> user OR commented <> post
    THEN 'comment ' + row.id + ' is by user ' + commenter.id + ' on post ' + commented.id + ' already' END AS problem
WITH row, user, post, problem, known IS NOT NULL AND problem IS NULL AND any(name IN keys(row.properties)
    WHERE coalesce(known[name] <> row.properties[name], true)) AS changes
CALL (row, user, post, problem) {
  WITH row, user, post WHERE problem IS NULL
  MERGE (user)-[comment:COMMENTED {id: row.id}]->(post)
  SET comment += row.properties
}
WITH post, count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated,
     collect(CASE WHEN problem IS NOT NULL THEN {place: row.place, problem: problem} END) AS problems
FOREACH (_ IN CASE WHEN post.givenCommentCount IS NULL THEN [1] ELSE [] END |
  SET post.commentCount = COUNT { (post)<-[:COMMENTED]-() })
RETURN sum(rows) AS rows, sum(updated) AS updated,
       reduce(all = [], some IN collect(problems) | all + some) AS problems
