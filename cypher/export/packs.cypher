// People in packs, and those who left them, by the ids of the pack and the person
MATCH (pack:Pack)
USING INDEX pack:Pack(id)
WHERE pack.id IS NOT NULL
CALL (pack) { MATCH (maker:User)-[:MADE]->(pack) RETURN maker.id AS by ORDER BY by LIMIT 1 }
CALL (pack) {
  MATCH (pack)-[has:HAS]->(one:User)
  RETURN one.id AS person, has.at AS at, null AS left
UNION ALL
  MATCH (pack)<-[gone:LEFT]-(one:User)
  RETURN one.id AS person, gone.at AS at, true AS left
}
RETURN pack.id AS pack, pack.name AS name, by, person, at, pack.at AS madeAt, left
ORDER BY pack, person
