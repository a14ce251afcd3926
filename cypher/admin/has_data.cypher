// Whether the graph holds any person, post or hashtag
RETURN EXISTS { (:User|Post|Hashtag) } AS hasData
