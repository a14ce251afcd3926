// Mutes a hashtag, which is created if missing; returns whether anything changed
// :param me => '42'
// :param hashtag => 'sunset'
// :param display => 'Sunset'
// :param at => timestamp()
// fragment: hashtag_made
MATCH (me:User {id: $me})
MERGE (hashtag:Hashtag {name: $hashtag})
  ON CREATE SET hashtag.display = $display
// end fragment
WITH me, hashtag, NOT EXISTS { (me)-[:MUTED]->(hashtag) } AS changed
MERGE (me)-[mutes:MUTED]->(hashtag)
  ON CREATE SET mutes.at = $at
RETURN changed
