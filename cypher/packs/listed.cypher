// Packs that I may be shown, or anybody if $me is '', the newest first, of all makers or of one, each with how many of
// its people I may be shown; none if I am unknown
// :param me => '42'
// :param now => timestamp()
// :param limit => 10
// :param by => '42'
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
CALL () {
  WITH 1 AS one WHERE $by IS NULL
  MATCH (pack:Pack) WHERE pack.at <= $now
  RETURN pack ORDER BY pack.at DESC LIMIT 1000
UNION
  // Those without a time, if they are among the first
  WITH 1 AS one WHERE $by IS NULL
  CALL () { MATCH (pack:Pack) RETURN pack LIMIT 1000 }
  WITH pack WHERE pack.at IS NULL
  RETURN pack
UNION
  CALL () { MATCH (:User {id: $by})-[:MADE]->(pack:Pack) RETURN pack LIMIT 1000 }
  WITH pack WHERE coalesce(pack.at <= $now, true)
  RETURN pack
}
WITH me, pack WHERE pack.id IS :: STRING NOT NULL
ORDER BY coalesce(toIntegerOrNull(pack.at), 0) DESC, pack.id
CALL (pack) { MATCH (maker:User)-[:MADE]->(pack) RETURN maker ORDER BY maker.id LIMIT 1 }
WITH me, pack, maker WHERE
  // fragment: people (person=maker)
  (NOT EXISTS { (me)-[:MUTED]->() } OR maker = me OR NOT EXISTS { (me)-[:MUTED]->(maker) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR maker = me OR NOT EXISTS { (me)-[:BLOCKED]-(maker) })
  AND (NOT (coalesce(maker.optedOut <> false, false) OR coalesce(maker.visibility <> 'public', false)) OR maker = me OR EXISTS { (me)-[:FOLLOWS]->(maker) })
  // end fragment
CALL (me, pack) {
  CALL (pack) { MATCH (pack)-[:HAS]->(person:User) RETURN person LIMIT 100 }
  WITH me, person WHERE
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  RETURN count(DISTINCT person) AS people
}
WITH pack, maker, people WHERE people > 0
LIMIT $limit
RETURN pack.id AS pack, coalesce(toStringOrNull(pack.name), '') AS name, toIntegerOrNull(pack.at) AS at, toStringOrNull(maker.id) AS by,
  coalesce(toStringOrNull(maker.username), toStringOrNull(maker.fullName)) AS byName, people
ORDER BY coalesce(at, 0) DESC, pack
