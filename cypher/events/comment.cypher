// I comment on a post, whose counter goes up; whether that changed anything, no row if the id is another comment's
// :param me => '42'
// :param post => '1'
// :param comment => 'c1'
// :param at => timestamp()
// :param text => 'Lovely'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (commenter:User)-[known:COMMENTED {id: $comment}]->(commented:Post)
USING INDEX SEEK known:COMMENTED(id) // where many comments are new to its statistics, the planner takes a scan
WITH me, post, known, known IS NULL AS changed
WHERE changed OR (commenter = me AND commented = post
                  AND coalesce(known.text = $text, known.text IS NULL AND $text IS NULL))
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  CREATE (me)-[:COMMENTED {id: $comment, at: $at, text: $text}]->(post)
  SET post.commentCount = coalesce(toIntegerOrNull(post.commentCount), 0) + 1
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
