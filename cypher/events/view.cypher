// Records a view of a post, one for each instant; returns whether anything changed
// :param me => '42'
// :param post => '1'
// :param at => timestamp()
// :param dwellMs => 900
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
OPTIONAL MATCH (me)-[before:VIEWED {at: $at}]->(post)
WITH me, post, before IS NULL OR coalesce(before.dwellMs <> $dwellMs, $dwellMs IS NOT NULL) AS changed
MERGE (me)-[viewed:VIEWED {at: $at}]->(post)
FOREACH (_ IN CASE WHEN changed AND $dwellMs IS NOT NULL THEN [1] ELSE [] END | SET viewed.dwellMs = $dwellMs)
RETURN changed
