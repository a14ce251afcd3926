// Tags a page of the posts of a hashtag with the one that it is about to become, too; the ties keep how it is spelled
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', ties: [0]}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:BECOMES]->(kept:Hashtag {name: $rows.variantOf})
UNWIND $rows.ties AS tieId
MATCH (post)-[tie]->(end)
WHERE id(tie) = tieId AND end = variant AND type(tie) = 'TAGGED'
// fragment: tie_spelled
MERGE (post)-[same:TAGGED]->(kept)
  ON CREATE SET same.as = []
SET same.as = reduce(all = coalesce(same.as, [kept.name]), name IN coalesce(tie.as, [variant.name]) |
  CASE WHEN name IN all THEN all ELSE all + name END)
// end fragment
RETURN count(*) AS ties
