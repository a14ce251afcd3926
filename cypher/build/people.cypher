// People known to a build, with the internal ids of the posts that they liked, the newest stored first, and the times:
// -1 for a like without one
// :param known => timestamp()
// :param perPerson => 1000
MATCH (user:User) WHERE user.knownSince <= $known AND user.id IS :: STRING NOT NULL
CALL (user) {
  MATCH (user)-[liked:LIKED]->(post)
  WITH liked, post LIMIT $perPerson
  RETURN collect(id(post)) AS posts, collect(coalesce(toIntegerOrNull(liked.at), -1)) AS times
}
RETURN id(user) AS node, user.id AS user, toInteger(coalesce(user.likesForSelf <> false, false)) AS likesForSelf,
  toInteger(coalesce(user.notProfiled <> false, false)) AS notProfiled, user.factorsLikes AS factorsLikes, posts, times
