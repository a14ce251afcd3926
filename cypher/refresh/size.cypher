// How many people there are, and how many are stale since before a time
// :param before => timestamp() - 90 * 86400000
RETURN COUNT { (:User) } AS people, COUNT { (user:User) WHERE user.staleSince <= $before } AS stale
