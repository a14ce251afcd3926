// Gives up a merge that is about to begin, of hashtags that are one already or whose merge was undone
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset'}])
MATCH (:Hashtag {name: $rows.hashtag})-[begun:BECOMES]->(:Hashtag {name: $rows.variantOf})
DELETE begun
RETURN count(*) AS dropped
