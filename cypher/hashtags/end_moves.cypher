// Notes that merges and undone merges are complete
// :param rows => [{hashtag: 'sunsets', variantOf: 'sunset', undone: false}]
UNWIND $rows AS row
MATCH (:Hashtag {name: row.hashtag})-[tie:VARIANT_OF|NOT_VARIANT_OF]->(:Hashtag {name: row.variantOf})
WHERE row.undone = (type(tie) = 'NOT_VARIANT_OF')
SET tie.moving = null
RETURN count(*) AS ended
