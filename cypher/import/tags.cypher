// Adds the hashtags of posts, keeping the first spelling. The hashtag of a variant is the one that it belongs to; the
// tie tells how it is spelled
// :param rows => [{post: '1', hashtag: 'sunset', display: 'Sunset'}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
MERGE (named:Hashtag {name: row.hashtag})
  ON CREATE SET named.display = row.display
WITH post, named,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
MERGE (post)-[tagged:TAGGED]->(hashtag)
  ON CREATE SET tagged.as = CASE WHEN hashtag <> named THEN [named.name] END
WITH named, tagged, coalesce(tagged.as, [hashtag.name]) AS spelled
FOREACH (_ IN CASE WHEN named.name IN spelled THEN [] ELSE [1] END | SET tagged.as = spelled + named.name)
RETURN count(*) AS rows, 0 AS updated
