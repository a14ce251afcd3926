// People whose community is known, by internal id
MATCH (user:User) WHERE user.community >= 0
RETURN id(user) AS node, toInteger(user.community) AS community
