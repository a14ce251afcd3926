// Takes me out of a pack for good; returns whether anything changed, no row if I was never in it
// needs: packs/put
// :param me => '42'
// :param pack => 'p1'
// :param at => timestamp()
MATCH (me:User {id: $me})
MATCH (pack:Pack {id: $pack})
OPTIONAL MATCH (pack)-[has:HAS]->(me)
WITH me, pack, collect(has) AS places
WHERE places <> [] OR EXISTS { (me)-[:LEFT]->(pack) }
FOREACH (has IN places | DELETE has)
MERGE (me)-[left:LEFT]->(pack)
  ON CREATE SET left.at = $at, left.name = pack.name
RETURN places <> [] AS changed
