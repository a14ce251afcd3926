// I pick a hashtag, which is made if need be; whether that changed anything
// :param me => '42'
// :param hashtag => 'sunset'
// :param display => 'Sunset'
// :param at => timestamp()
MATCH (me:User {id: $me})
MERGE (hashtag:Hashtag {name: $hashtag})
  ON CREATE SET hashtag.display = $display
WITH me, hashtag, NOT EXISTS { (me)-[:INTERESTED_IN]->(hashtag) } AS changed
MERGE (me)-[picked:INTERESTED_IN]->(hashtag)
  ON CREATE SET picked.at = $at
RETURN changed
