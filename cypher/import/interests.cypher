// Adds picked and inferred hashtags, with the earliest time; what was picked once stays picked
// :param rows => [{user: '42', hashtag: 'sunset', display: 'Sunset', at: null, inferred: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MERGE (named:Hashtag {name: row.hashtag})
  ON CREATE SET named.display = row.display
WITH row, user, named,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
MERGE (user)-[picked:INTERESTED_IN]->(hashtag)
  ON CREATE SET picked.at = row.at, picked.inferred = row.inferred, picked.as = CASE WHEN hashtag <> named THEN [named.name] END
// fragment: said_again (tie=picked)
SET picked.as = CASE WHEN picked.as IS NULL OR named.name IN picked.as THEN picked.as ELSE picked.as + named.name END
// end fragment
WITH row, picked, coalesce(row.at < picked.at, row.at IS NOT NULL AND picked.at IS NULL) AS earlier,
     picked.inferred IS NOT NULL AND row.inferred IS NULL AS firmer
FOREACH (_ IN CASE WHEN earlier THEN [1] ELSE [] END | SET picked.at = row.at)
FOREACH (_ IN CASE WHEN firmer THEN [1] ELSE [] END | SET picked.inferred = null)
RETURN count(*) AS rows, count(CASE WHEN earlier OR firmer THEN 1 END) AS updated
