// Notes that merges and undone merges are complete
// :param rows => [{hashtag: 'sunsets', variantOf: 'sunset'}]
UNWIND $rows AS row
MATCH (:Hashtag {name: row.hashtag})-[tie:VARIANT_OF|NOT_VARIANT_OF]->(:Hashtag {name: row.variantOf})
SET tie.moving = null
RETURN count(*) AS ended
