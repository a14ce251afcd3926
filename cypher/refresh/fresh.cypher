// Those of some people whose stored candidates are of a profile, fit a clock, and are not stale
// :param users => ['42']
// :param profileHash => '0'
// :param now => timestamp()
// :param storedDays => 7
MATCH (user:User) WHERE user.id IN $users AND user.staleSince IS NULL AND user.storedHash = $profileHash
  AND user.storedActs = COUNT { (user)-[:LIKED]->() } + COUNT { (user)-[:VIEWED]->() }
  AND $now - $storedDays * 86400000 <= user.storedAsOf <= $now + 86400000
RETURN user.id AS user
ORDER BY user
