// Where the posts of the newest slates come from: a row for each source and number of steps of follows from the person
// to the author (3 for more than two), with the number of posts among the first that were handed out
// needs: slates/create
// :param since => timestamp() - 90 * 86400000
// :param limit => 10
// :param upTo => 2
MATCH (slate:Slate) WHERE slate.expiresAt > $since
WITH slate ORDER BY slate.expiresAt DESC LIMIT $limit
WITH slate WHERE slate.asOf >= $since
WITH collect(slate) AS newest, count(*) AS slates, min(slate.asOf) AS oldest
UNWIND newest AS slate
MATCH (me:User)-[:WAS_SHOWN]->(slate)
CALL (me, slate) {
  UNWIND range(0, size(slate.posts[..coalesce(slate.handedOut, slate.served)][..$upTo]) - 1) AS place
  OPTIONAL MATCH (author:User {id: slate.authors[place]})
  WITH author, slate.sources[place] AS source, count(*) AS posts
  WITH collect({author: author, source: source, posts: posts}) AS found
  WITH me, found
  // fragment: two_steps
  CALL (me) {
    CALL (me) { MATCH (me)-[:FOLLOWS]->(followee) RETURN followee LIMIT 5000 }
    RETURN collect(followee) AS followees
  }
  // Who is followed by a followee: grouped by the person in between, so that no list is searched for each
  CALL (found, followees) {
    CALL (found, followees) {
      UNWIND found AS one
      WITH one.author AS author WHERE author IS NOT NULL
      CALL (author) { MATCH (author)<-[:FOLLOWS]-(person) RETURN person LIMIT 1000 }
      RETURN person, author, 0 AS mine
    UNION ALL
      UNWIND followees AS person
      RETURN person, null AS author, 1 AS mine
    }
    WITH person, collect(author) AS theirs, max(mine) AS mine WHERE mine = 1
    UNWIND theirs AS author
    RETURN collect(DISTINCT author) AS second
  }
  // end fragment
  UNWIND found AS one
  RETURN one.source AS source, one.posts AS posts,
    CASE WHEN one.author IN followees THEN 1 WHEN one.author IN second THEN 2 ELSE 3 END AS steps
}
RETURN slates, oldest, source, steps, sum(posts) AS posts
ORDER BY source, steps
