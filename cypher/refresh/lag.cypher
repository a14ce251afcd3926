// How many people are stale, and the time since when the one who has waited longest is; null if nobody is
MATCH (user:User) WHERE user.staleSince >= 0
RETURN count(*) AS stale, min(user.staleSince) AS since
