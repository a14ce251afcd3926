// A pack that I may be shown, or anybody if $me is '': a row for each of its people whom I may be shown
// :param me => '42'
// :param pack => 'p1'
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (pack:Pack {id: $pack})
CALL (pack) { MATCH (maker:User)-[:MADE]->(pack) RETURN maker ORDER BY maker.id LIMIT 1 }
WITH me, pack, maker WHERE
  // fragment: people (person=maker)
  (NOT EXISTS { (me)-[:MUTED]->() } OR maker = me OR NOT EXISTS { (me)-[:MUTED]->(maker) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR maker = me OR NOT EXISTS { (me)-[:BLOCKED]-(maker) })
  AND (NOT (coalesce(maker.optedOut <> false, false) OR coalesce(maker.visibility <> 'public', false)) OR maker = me OR EXISTS { (me)-[:FOLLOWS]->(maker) })
  // end fragment
CALL (pack) { MATCH (pack)-[:HAS]->(person:User) RETURN DISTINCT person LIMIT 100 }
WITH me, pack, maker, person WHERE person.id IS :: STRING NOT NULL AND
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
RETURN pack.id AS pack, coalesce(toStringOrNull(pack.name), '') AS name, toIntegerOrNull(pack.at) AS at, toStringOrNull(maker.id) AS by,
  coalesce(toStringOrNull(maker.username), toStringOrNull(maker.fullName)) AS byName, person.id AS person,
  toStringOrNull(person.username) AS username, toStringOrNull(person.fullName) AS fullName,
  EXISTS { (me)-[:FOLLOWS]->(person) } AS followed
ORDER BY person
