// Adds comments by their id and counts them; returns the lines whose id is another comment's already
// :param rows => [{line: 2, id: 'c1', user: '42', post: '1', properties: {at: 1, text: 'Lovely'}}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MATCH (post:Post {id: row.post})
OPTIONAL MATCH (commenter:User)-[known:COMMENTED {id: row.id}]->(commented:Post)
WITH row, user, post, CASE WHEN commenter <> user OR commented <> post
    THEN 'comment ' + row.id + ' is by user ' + commenter.id + ' on post ' + commented.id + ' already' END AS problem
CALL (row, user, post, problem) {
  WITH row, user, post WHERE problem IS NULL
  MERGE (user)-[comment:COMMENTED {id: row.id}]->(post)
  SET comment += row.properties
}
WITH post, collect(CASE WHEN problem IS NOT NULL THEN {line: row.line, problem: problem} END) AS problems
SET post.commentCount = CASE WHEN post.givenCommentCount IS NULL THEN COUNT { (post)<-[:COMMENTED]-() }
                             ELSE post.commentCount END
WITH problems UNWIND problems AS rejected
RETURN rejected.line AS line, rejected.problem AS problem
