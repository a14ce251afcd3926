// Picks a hashtag as an interest, which is created if missing; returns whether anything changed
// :param me => '42'
// :param hashtag => 'sunset'
// :param display => 'Sunset'
// :param at => timestamp()
// fragment: hashtag_made
MATCH (me:User {id: $me})
MERGE (hashtag:Hashtag {name: $hashtag})
  ON CREATE SET hashtag.display = $display
// end fragment
WITH me, hashtag, NOT EXISTS { (me)-[:INTERESTED_IN]->(hashtag) } AS changed
MERGE (me)-[picked:INTERESTED_IN]->(hashtag)
  ON CREATE SET picked.at = $at
RETURN changed
