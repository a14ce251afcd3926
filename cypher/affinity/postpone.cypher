// Postpones a person whose affinity could not be computed, twice as long after each failure up to a maximum
// :param rows => head([{node: 0, mark: null, now: timestamp(), pauseMs: 60000, longestMs: 86400000}])
MATCH (user:User) WHERE id(user) = $rows.node AND coalesce(user.affinityAt, 0) = coalesce($rows.mark, 0)
WITH user, coalesce(user.affinityFailures, 0) AS failures
WITH user, failures, $rows.pauseMs * 2.0 ^ failures AS pause
SET user.affinityFailures = failures + 1,
  user.affinityAt = $rows.now + toInteger(CASE WHEN pause < $rows.longestMs THEN pause ELSE $rows.longestMs END)
RETURN user.affinityAt AS mark
