// Unlikes a post and lowers its counter; returns whether anything changed
// needs: events/like
// :param me => '42'
// :param post => '1'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[liked:LIKED]->(post)
WITH me, post, liked, liked IS NOT NULL AS changed
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  DELETE liked
  SET post.likeCount = CASE WHEN post.likeCount > 0 THEN post.likeCount - 1 ELSE 0 END,
    // My factors no longer match my likes: no number of likes, and another each time, for a build that is at work
    me.factorsLikes = -$recordedAt,
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
