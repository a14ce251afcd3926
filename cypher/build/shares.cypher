// Sets the share of some hashtags among all taggings; returns how many
// :param rows => [{hashtag: 'sunset', share: 0.1}]
UNWIND $rows AS row
MATCH (hashtag:Hashtag {name: row.hashtag})
SET hashtag.share = row.share
RETURN count(*) AS hashtags
