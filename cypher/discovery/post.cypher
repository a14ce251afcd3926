// A post that I may be shown, or is mine, or that anybody may if $me is ''; no row if it is unknown or may not be shown
// :param me => '42'
// :param now => timestamp()
// :param post => '1'
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (post:Post {id: $post}) WHERE coalesce(post.takenAt <= $now, true)
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author WHERE (NOT coalesce(post.visibility <> 'public', false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) }) AND
  // fragment: people (person=author)
  (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
  AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
  // end fragment
RETURN post.id AS post, EXISTS { (post)-[:SIMILAR]->() } OR EXISTS { (post)-[:SIMILAR_NEW]->() } AS hasArcs
