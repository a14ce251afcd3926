// The people whose stored candidates are stale since before a time, those who have waited longest first, and how many
// posts each liked or saw
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (user:User) WHERE user.staleSince <= $before
RETURN user.id AS user, user.staleSince AS staleSince,
  COUNT { (user)-[:LIKED]->() } + COUNT { (user)-[:VIEWED]->() } AS acts
ORDER BY user.staleSince, user.id
LIMIT $batch
