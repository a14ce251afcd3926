// Makes a pack of mine, or replaces its name and people; returns how many are in it, 0 if it is another person's, of
// which nothing is changed. Who stays in it keeps their time
// :param me => '42'
// :param pack => 'p1'
// :param name => 'Snow in the Alps'
// :param at => timestamp()
// :param people => ['42', '7']
MATCH (me:User {id: $me})
MERGE (pack:Pack {id: $pack})
// Locked before its maker is looked up: of two who make it at the same time, the second sees the first
SET pack.id = pack.id
WITH me, pack WHERE NOT EXISTS { (pack)<-[:MADE]-(other) WHERE other <> me }
MERGE (me)-[:MADE]->(pack)
SET pack.name = $name, pack.at = coalesce(pack.at, $at)
WITH pack
CALL (pack) {
  OPTIONAL MATCH (pack)-[has:HAS]->(person) WHERE coalesce(NOT person.id IN $people, true)
  DELETE has
  RETURN count(*) AS gone
}
UNWIND $people AS id
MATCH (person:User {id: id})
MERGE (pack)-[has:HAS]->(person)
  ON CREATE SET has.at = $at
RETURN count(*) AS people
