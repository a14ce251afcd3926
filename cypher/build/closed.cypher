// Internal ids of the people who may not be named to everybody: they opted out of discovery, or are for followers only
MATCH (user:User) WHERE coalesce(user.optedOut <> false, false) OR coalesce(user.visibility <> 'public', false)
RETURN id(user) AS node
