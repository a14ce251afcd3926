// Those of some people whom the graph knows, and since when each is stale
// :param users => ['42']
MATCH (user:User) WHERE user.id IN $users
RETURN user.id AS user, user.staleSince AS staleSince
ORDER BY user.id
