// A hashtag as people spell it; no row if nobody uses it
// :param hashtag => 'sunset'
MATCH (hashtag:Hashtag {name: $hashtag})
RETURN hashtag.name AS name, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display
