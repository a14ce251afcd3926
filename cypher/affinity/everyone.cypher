// All people by internal id and id, each with the time since when their affinity is due, or null
MATCH (user:User)
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
