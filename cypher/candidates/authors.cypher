// How near each author is to me, and our history: my likes, comments and views of their posts, weighed
// :param me => '42'
// :param nearest => [['7', 0.02], ['8', 0.01]]
// :param perPerson => 1000
// :param feedback => head([{like: 1.0, comment: 2.0, view: 0.5, dwellMs: 10000, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14}])
// :param keep => 200
MATCH (me:User {id: $me})
CALL (me) {
  UNWIND $nearest AS near
  MATCH (author:User {id: near[0]})
  RETURN author, near[1] AS affinity, 0.0 AS history
UNION ALL
  CALL (me) { MATCH (me)-[:LIKED]->(post) RETURN post LIMIT $perPerson }
  MATCH (author:User)-[:POSTED]->(post)
  RETURN author, 0.0 AS affinity, $feedback.like * count(*) AS history
UNION ALL
  CALL (me) { MATCH (me)-[:COMMENTED]->(post) RETURN post LIMIT $perPerson }
  MATCH (author:User)-[:POSTED]->(post)
  RETURN author, 0.0 AS affinity, $feedback.comment * count(*) AS history
UNION ALL
  CALL (me) { MATCH (me)-[view:VIEWED]->(post) WHERE view.dwellMs >= $feedback.dwellMs RETURN post LIMIT $perPerson }
  MATCH (author:User)-[:POSTED]->(post)
  RETURN author, 0.0 AS affinity, $feedback.view * count(DISTINCT post) AS history
}
WITH me, author, max(affinity) AS affinity, sum(history) AS history
WHERE author <> me
// The nearest, and those with most history, half of each at least
WITH author, affinity, history ORDER BY affinity DESC, author.id
WITH collect([author, affinity, history]) AS rows
WITH rows[..$keep / 2] AS near, rows[$keep / 2..] AS others
UNWIND near + COLLECT {
  UNWIND others AS other
  WITH other ORDER BY other[2] DESC, other[1] DESC, other[0].id LIMIT $keep / 2
  RETURN other
} AS row
RETURN row[0].id AS author, row[1] AS affinity, row[2] AS history
ORDER BY affinity DESC, author
