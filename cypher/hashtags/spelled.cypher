// Ids of the ties of posts to a hashtag: all, or those with a spelling
// :param hashtag => 'sunset'
// :param rows => head([{spelling: 'sunsets'}])
MATCH (:Hashtag {name: $hashtag})<-[tie:TAGGED]-()
WHERE $rows.spelling IS NULL OR coalesce($rows.spelling IN tie.as, false)
RETURN id(tie) AS tie
