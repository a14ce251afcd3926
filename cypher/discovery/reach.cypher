// My newest posts, each with how many people it was shown to, in all and by each source, as the last build counted
// :param me => '42'
// :param now => timestamp()
// :param reach => 10000
// :param limit => 10
MATCH (me:User {id: $me})
OPTIONAL MATCH (build:Build {name: 'current'})
CALL (me) {
  CALL (me) { MATCH (me)-[:POSTED]->(post) RETURN post LIMIT $reach }
  WITH post WHERE post.id IS :: STRING NOT NULL AND coalesce(post.takenAt <= $now, true)
  WITH post, toIntegerOrNull(post.takenAt) AS takenAt ORDER BY takenAt IS NULL, takenAt DESC, post.id LIMIT $limit
  RETURN collect({post: post.id, takenAt: takenAt, shown: coalesce(toIntegerOrNull(post.shown), 0), sources: post.shownBy, people: post.shownTo}) AS posts
}
RETURN posts, toIntegerOrNull(build.shownAt) AS shownAt
