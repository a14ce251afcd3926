// The people after a given one, in the order of their ids, and since when each is stale
// :param after => ''
// :param batch => 2000
MATCH (user:User) WHERE user.id > $after
RETURN user.id AS user, user.staleSince AS staleSince
ORDER BY user.id
LIMIT $batch
