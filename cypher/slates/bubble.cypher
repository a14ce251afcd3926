// The authors of a slate of mine, or of $posts, each with the number of posts, the steps of follows from me (3 for more
// than two) and the community. Of more than 5,000 followees, or 1,000 followers of an author, the first stored count
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
// :param posts => ['1']
MATCH (me:User {id: $me})
OPTIONAL MATCH (me)-[:WAS_SHOWN]->(slate:Slate {id: $slate})
UNWIND coalesce(slate.posts, $posts) AS id
MATCH (post:Post {id: id})
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
// Without what may not be shown by now: the posts' authors are counted, and so could be told
WITH me, author, post WHERE author IS NULL OR
  // fragment: open_to_me
  NOT EXISTS { (post)<-[:POSTED]-(author) WHERE (coalesce(author.visibility <> 'public', false)
    OR coalesce(post.visibility <> 'public', false)) AND author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } }
  // end fragment
WITH me, author, post WHERE author IS NULL OR
  // fragment: people (person=author)
  (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  // end fragment
WITH me, author, count(*) AS posts
WITH me, collect({author: author, posts: posts}) AS found
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
RETURN toStringOrNull(one.author.id) AS author, one.posts AS posts, toIntegerOrNull(one.author.community) AS community,
  CASE WHEN one.author IN followees THEN 1 WHEN one.author IN second THEN 2 ELSE 3 END AS steps
ORDER BY author
