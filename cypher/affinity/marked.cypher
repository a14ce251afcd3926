// People whose affinity is due, the longest waiting first
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (user:User) WHERE user.affinityAt <= $before
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
ORDER BY mark, node
LIMIT $batch
