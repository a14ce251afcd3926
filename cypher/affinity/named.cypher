// Some people by internal id and id, each with the time since when their affinity is due, or null
// :param users => ['42']
MATCH (user:User) WHERE user.id IN $users
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
