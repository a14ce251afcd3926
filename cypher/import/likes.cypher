// Adds who liked what, the earliest time kept, and counts the likes; returns the lines that name the unknown
// :param rows => [{line: 2, user: '42', post: '1', at: null}]
UNWIND $rows AS row
OPTIONAL MATCH (user:User {id: row.user})
OPTIONAL MATCH (post:Post {id: row.post})
CALL (row, user, post) {
  WITH row, user, post WHERE user IS NOT NULL AND post IS NOT NULL
  MERGE (user)-[liked:LIKED]->(post)
  SET liked.at = CASE WHEN row.at < liked.at OR liked.at IS NULL THEN row.at ELSE liked.at END
}
WITH post, collect(CASE WHEN user IS NULL THEN {line: row.line, problem: 'no user ' + row.user}
                        WHEN post IS NULL THEN {line: row.line, problem: 'no post ' + row.post} END) AS problems
FOREACH (_ IN CASE WHEN post IS NOT NULL AND post.givenLikeCount IS NULL THEN [1] ELSE [] END |
  SET post.likeCount = COUNT { (post)<-[:LIKED]-() })
WITH problems UNWIND problems AS rejected
RETURN rejected.line AS line, rejected.problem AS problem
