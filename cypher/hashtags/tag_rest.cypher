// Tags those of the posts of a hashtag that came meanwhile, as tag_posts does; returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset'}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:BECOMES]->(kept:Hashtag {name: $rows.variantOf})
MATCH (post)-[tie:TAGGED]->(variant) WHERE NOT EXISTS { (post)-[:TAGGED]->(kept) }
// fragment: tie_spelled
MERGE (post)-[same:TAGGED]->(kept)
  ON CREATE SET same.as = []
SET same.as = reduce(all = coalesce(same.as, [kept.name]), name IN coalesce(tie.as, [variant.name]) |
  CASE WHEN name IN all THEN all ELSE all + name END)
// end fragment
RETURN count(*) AS ties
