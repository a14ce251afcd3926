// Tags those posts that came meanwhile, as tag_back does; returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset'}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[merged:VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf}) WHERE merged.undoing IS NOT NULL
MATCH (post)-[tie:TAGGED]->(kept) WHERE variant.name IN tie.as AND NOT EXISTS { (post)-[:TAGGED]->(variant) }
MERGE (post)-[:TAGGED]->(variant)
RETURN count(*) AS ties
