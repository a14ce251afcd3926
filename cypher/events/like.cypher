// I like a post, whose counter goes up; whether that changed anything
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
WITH me, post, NOT EXISTS { (me)-[:LIKED]->(post) } AS changed
MERGE (me)-[liked:LIKED]->(post)
  ON CREATE SET liked.at = $at, post.likeCount = coalesce(toIntegerOrNull(post.likeCount), 0) + 1
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  REMOVE me.factorsLikes // my factors are not made from these likes
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
WITH post, changed, COUNT { (post)<-[:LIKED]-() } AS likes
// fragment: post_changed
FOREACH (_ IN CASE WHEN likes >= 3 AND 10 * likes >= 11 * coalesce(post.listedLikes, 0) AND post.changedAt IS NULL
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
// end fragment
RETURN changed
