// Likes a post and raises its counter; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
WITH me, post, NOT EXISTS { (me)-[:LIKED]->(post) } AS changed
MERGE (me)-[liked:LIKED]->(post)
  ON CREATE SET liked.at = $at, post.likeCount = 1 + CASE WHEN 0 < toIntegerOrNull(post.likeCount) < 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  // My factors no longer match my likes: no number of likes, and another each time, for a build that is at work
  SET me.factorsLikes = -$recordedAt,
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
WITH post, changed, COUNT { (post)<-[:LIKED]-() } AS likes
// fragment: post_changed
FOREACH (_ IN CASE WHEN likes >= 3 AND 10 * likes >= 11 * coalesce(post.listedLikes, 0) AND post.changedAt IS NULL
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
// end fragment
RETURN changed
