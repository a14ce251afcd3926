// All people who may be profiled by internal id and id, each with the time since when their affinity is due, or null
MATCH (user:User) WHERE NOT coalesce(user.notProfiled <> false, false)
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
