// The internal ids of some people, and since when the affinity of each is due, if it is
// :param users => ['42']
MATCH (user:User) WHERE user.id IN $users
RETURN id(user) AS node, user.id AS user, user.affinityAt AS mark
