// Everybody, by internal id and id, and since when their affinity is due, if it is
MATCH (user:User)
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
