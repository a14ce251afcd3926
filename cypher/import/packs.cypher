// Adds people in packs, and who left one for good, keeping the earliest time; a pack's first row names it and its maker
// :param rows => [{pack: 'p1', name: 'Snow', by: '42', person: '7', at: null, madeAt: null, left: null}]
UNWIND $rows AS row
WITH row.pack AS id, collect(row) AS rows
WITH id, rows, head(rows) AS first
MATCH (maker:User {id: first.by})
MERGE (pack:Pack {id: id})
  ON CREATE SET pack.name = first.name, pack.at = first.madeAt
WITH pack, rows, maker, EXISTS { (pack)<-[:MADE]-() } AS isMade
FOREACH (_ IN CASE WHEN isMade THEN [] ELSE [1] END | MERGE (maker)-[:MADE]->(pack))
WITH pack, rows
UNWIND rows AS row
MATCH (person:User {id: row.person})
OPTIONAL MATCH (pack)-[has:HAS]->(person)
OPTIONAL MATCH (person)-[left:LEFT]->(pack)
WITH pack, row, person, has, left, has IS NULL AND left IS NULL AS created, row.left AND left IS NULL AND has IS NOT NULL AS leaves
// Who left stays out
FOREACH (_ IN CASE WHEN row.left THEN [1] ELSE [] END |
  MERGE (person)-[gone:LEFT]->(pack)
    ON CREATE SET gone.at = row.at, gone.name = pack.name)
FOREACH (_ IN CASE WHEN row.left IS NULL AND left IS NULL THEN [1] ELSE [] END |
  MERGE (pack)-[place:HAS]->(person)
    ON CREATE SET place.at = row.at)
FOREACH (_ IN CASE WHEN leaves THEN [1] ELSE [] END | DELETE has)
WITH row, created, coalesce(leaves, false) AS leaves, CASE WHEN coalesce(leaves, false) THEN null ELSE coalesce(left, has) END AS known
WITH row, created, leaves, known, known IS NOT NULL AND coalesce(row.at < known.at, row.at IS NOT NULL AND known.at IS NULL) AS earlier
FOREACH (_ IN CASE WHEN earlier THEN [1] ELSE [] END | SET known.at = row.at)
RETURN count(*) AS rows, count(CASE WHEN created THEN 1 END) AS created, count(CASE WHEN leaves OR earlier THEN 1 END) AS updated
