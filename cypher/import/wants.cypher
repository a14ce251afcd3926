// Adds how much people want of hashtags; a later time replaces an earlier one and all that it came with
// :param rows => [{user: '42', hashtag: 'sunset', display: 'Sunset', how: 'more', at: null, until: null, topic: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
MERGE (named:Hashtag {name: row.hashtag})
  ON CREATE SET named.display = row.display
WITH row, user, named,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
MERGE (user)-[wants:WANTS]->(hashtag)
  ON CREATE SET wants.how = row.how, wants.at = row.at, wants.until = row.until, wants.topic = row.topic,
    wants.as = CASE WHEN hashtag <> named THEN [named.name] END
// fragment: said_again (tie=wants)
SET wants.as = CASE WHEN wants.as IS NULL OR named.name IN wants.as THEN wants.as ELSE wants.as + named.name END
// end fragment
WITH row, wants, coalesce(row.at > wants.at, row.at IS NOT NULL AND wants.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END |
  SET wants.how = row.how, wants.at = row.at, wants.until = row.until, wants.topic = row.topic)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
