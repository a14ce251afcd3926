// The people after a given one, in the order of their ids, and since when each is stale and how many posts each liked or saw
// :param after => ''
// :param batch => 2000
MATCH (user:User) WHERE user.id > $after
RETURN user.id AS user, user.staleSince AS staleSince,
  COUNT { (user)-[:LIKED]->() } + COUNT { (user)-[:VIEWED]->() } AS acts
ORDER BY user.id
LIMIT $batch
