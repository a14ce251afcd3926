// Comments on a post and raises its counter; returns whether anything changed, no row if the id is another comment's
// :param me => '42'
// :param post => '1'
// :param comment => 'c1'
// :param at => timestamp()
// :param text => 'Lovely'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (commenter:User)-[known:COMMENTED {id: $comment}]->(commented:Post)
USING INDEX SEEK known:COMMENTED(id) // the planner would scan where its statistics miss many new comments
WITH me, post, known, known IS NULL AS changed
WHERE changed OR (commenter = me AND commented = post
                  AND coalesce(known.text = $text, known.text IS NULL AND $text IS NULL))
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  CREATE (me)-[:COMMENTED {id: $comment, at: $at, text: $text}]->(post)
  SET post.commentCount = 1 + CASE WHEN 0 < toIntegerOrNull(post.commentCount) < 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
