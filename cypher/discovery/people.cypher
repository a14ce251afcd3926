// People with a name like a text, ranked for me, or for anybody if $me is ''; none if I am unknown
// :param me => '42'
// :param now => timestamp()
// :param limit => 10
// :param search => head([{query: '+(/river.*/ "river"^2)', pattern: '(?s)(?=.*river).*', username: 'river', hits: 500, followees: 1000, seen: 10000, named: 200, followers: 10000}])
// ---- 1. Those whom the index finds, and those near to me with such a name, as there may be more than it is asked for
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
CALL (me) {
  CALL db.index.fulltext.queryNodes('people_names', $search.query, {limit: $search.hits}) YIELD node, score
  RETURN node AS person, score, 1 AS found, 0 AS followed, 0.0 AS affinity
UNION ALL
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT $search.followees }
  WITH follow, person WHERE coalesce(follow.since <= $now, true) AND
    // fragment: name_matches
    toLower(left(coalesce(toStringOrNull(person.username), ''), 200) + ' ' + left(coalesce(toStringOrNull(person.fullName), ''), 200)) =~ $search.pattern
    // end fragment
  RETURN person, 0.0 AS score, 1 AS found, 1 AS followed, 0.0 AS affinity
UNION ALL
  // Whether I follow somebody is not looked up for each: of two with very many ties, that would read those of one
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT $search.seen }
  WITH follow, person WHERE coalesce(follow.since <= $now, true)
  RETURN person, 0.0 AS score, 0 AS found, 1 AS followed, 0.0 AS affinity
UNION ALL
  WITH me,
    // fragment: my_learning
    {
      resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
      unlearns: EXISTS { (me)-[:UNLEARNED]->() }
    }
    // end fragment
    AS mine
  // Where I have reset, an affinity that is due may be of before
  WHERE NOT coalesce(me.notProfiled <> false, false) AND (mine.resetAt IS NULL OR me.affinityAt IS NULL)
  CALL (me) { MATCH (me)-[near:AFFINITY]->(person) RETURN near, person LIMIT $search.followees }
  RETURN person, 0.0 AS score,
    CASE WHEN
      // fragment: name_matches
      toLower(left(coalesce(toStringOrNull(person.username), ''), 200) + ' ' + left(coalesce(toStringOrNull(person.fullName), ''), 200)) =~ $search.pattern
      // end fragment
      THEN 1 ELSE 0 END AS found,
    0 AS followed, coalesce(toFloatOrNull(near.score), 0.0) AS affinity
}
WITH me, person, max(score) AS score, max(found) AS found, max(followed) AS followed, max(affinity) AS affinity
WITH me, person, score, followed, affinity WHERE found = 1 AND person:User AND person.id IS :: STRING NOT NULL AND
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
// ---- 2. The best
WITH me, person, followed, affinity, score,
  CASE WHEN toLower(toStringOrNull(person.username)) = $search.username THEN 1 ELSE 0 END AS exact,
  CASE WHEN COUNT { (person)<-[:FOLLOWS]-() } < $search.followers THEN COUNT { (person)<-[:FOLLOWS]-() } ELSE $search.followers END AS followers
ORDER BY exact DESC, followed DESC, affinity DESC, followers DESC, score DESC, person.id LIMIT $limit
WITH me, collect({person: person, followed: followed}) AS rows, collect(person) AS best
// ---- 3. Whom of those that I follow follows them, too
CALL (me, best) {
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT $search.named }
  WITH me, best, follow, person WHERE coalesce(follow.since <= $now, true) AND NOT EXISTS { (me)-[:UNLEARNED]->(person) } AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
  WITH best, person, COUNT { (person)-[:FOLLOWS]->() } > $search.named AS isCut
  CALL (person) { MATCH (person)-[follow:FOLLOWS]->(other) RETURN follow, other LIMIT $search.named }
  WITH person, isCut, CASE WHEN other IN best AND coalesce(follow.since <= $now, true) THEN other END AS other
  WITH other, count(DISTINCT person) AS vias, max(CASE WHEN isCut THEN 1 ELSE 0 END) AS isCut,
    min([toStringOrNull(person.id), coalesce(toStringOrNull(person.username), toStringOrNull(person.fullName), 'user ' + toStringOrNull(person.id), 'somebody')]) AS first
  RETURN collect(CASE WHEN other IS NOT NULL THEN {person: other, via: first[1], vias: vias} END) AS ties, max(isCut) = 1 AS isCut
}
UNWIND range(0, size(rows) - 1) AS place
WITH me, rows[place] AS row, place, head([tie IN ties WHERE tie.person = rows[place].person]) AS tie, isCut
RETURN row.person.id AS user, toStringOrNull(row.person.username) AS username, toStringOrNull(row.person.fullName) AS fullName,
  row.followed = 1 AS followed, tie.via AS via, coalesce(tie.vias, 0) AS vias,
  coalesce(isCut, false) OR COUNT { (me)-[:FOLLOWS]->() } > $search.named AS isCut
ORDER BY place
