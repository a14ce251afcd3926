// Tags a page of posts, as they are spelled, with a variant whose merge is about to be undone, too
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', ties: [0]}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[merged:VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf}) WHERE merged.undoing IS NOT NULL
UNWIND $rows.ties AS tieId
MATCH (post)-[tie]->(end)
WHERE id(tie) = tieId AND end = kept AND type(tie) = 'TAGGED' AND variant.name IN tie.as
MERGE (post)-[:TAGGED]->(variant)
RETURN count(*) AS ties
