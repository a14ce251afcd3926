// Those of some people whom the graph knows, and since when each is stale and how many posts each liked or saw
// :param users => ['42']
MATCH (user:User) WHERE user.id IN $users
RETURN user.id AS user, user.staleSince AS staleSince,
  COUNT { (user)-[:LIKED]->() } + COUNT { (user)-[:VIEWED]->() } AS acts
ORDER BY user.id
