// Names of hashtags after a name, in the order of names
// :param hashtag => 'sunset'
// :param limit => 10
MATCH (hashtag:Hashtag) WHERE hashtag.name > $hashtag
RETURN hashtag.name AS hashtag
ORDER BY hashtag LIMIT $limit
