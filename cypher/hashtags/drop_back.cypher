// Ends, a page at a time, the ties to a hashtag that are of a former variant alone: of posts, and what people said
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', ties: [0]}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:NOT_VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf})
UNWIND $rows.ties AS tieId
MATCH ()-[tie]->(end) WHERE id(tie) = tieId AND end = kept AND variant.name IN tie.as
WITH kept, tie, [name IN tie.as WHERE name <> variant.name] AS others
// Without `as`, a post has the hashtag's own spelling, but a person said something of all
SET tie.as = CASE WHEN others = [kept.name] AND (type(tie) = 'TAGGED' OR NOT EXISTS { (kept)<-[:VARIANT_OF]-() }) THEN null ELSE others END
FOREACH (_ IN CASE others WHEN [] THEN [1] ELSE [] END | DELETE tie)
RETURN count(*) AS ties
