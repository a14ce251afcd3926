// A hashtag with the spelling that people see; no row if it is unknown
// :param hashtag => 'sunset'
MATCH (hashtag:Hashtag {name: $hashtag})
RETURN hashtag.name AS name, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display
