// I like a post, whose counter goes up; whether that changed anything
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
WITH me, post, NOT EXISTS { (me)-[:LIKED]->(post) } AS changed
MERGE (me)-[liked:LIKED]->(post)
  ON CREATE SET liked.at = $at, post.likeCount = coalesce(post.likeCount, 0) + 1, me.staleSince = $recordedAt
RETURN changed
