// Adds the hashtags of posts, keeping the first spelling. The hashtag of a variant is the one that it belongs to; the
// tie tells how it is spelled. Marks recent posts of few likes that a build has not seen with them
// :param rows => [{post: '1', hashtag: 'sunset', display: 'Sunset'}]
// :param recordedAt => timestamp()
OPTIONAL MATCH (build:Build {name: 'current'})
WITH head(collect(build.windowFrom)) AS windowFrom
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
MERGE (named:Hashtag {name: row.hashtag})
  ON CREATE SET named.display = row.display
WITH windowFrom, post, named,
  // fragment: hashtag_kept
  coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
  // end fragment
  AS hashtag
FOREACH (_ IN CASE WHEN post.takenAt >= windowFrom AND post.changedAt IS NULL AND post.likeCount < 3 AND NOT EXISTS { (post)-[:TAGGED]->(hashtag) }
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
MERGE (post)-[tagged:TAGGED]->(hashtag)
  ON CREATE SET tagged.as = CASE WHEN hashtag <> named THEN [named.name] END
WITH named, tagged, coalesce(tagged.as, [hashtag.name]) AS spelled
FOREACH (_ IN CASE WHEN named.name IN spelled THEN [] ELSE [1] END | SET tagged.as = spelled + named.name)
RETURN count(*) AS rows, 0 AS updated
