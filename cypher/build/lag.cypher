// The backlog of the builder: how many people and posts wait, up to $highest, the oldest mark of each, how many failed
// and wait for another try, and how many likes there are
// :param now => timestamp()
// :param highest => 1000000
CALL () {
  MATCH (user:User) WHERE user.affinityAt >= 0
  WITH user LIMIT $highest
  RETURN count(*) AS people
}
CALL () {
  MATCH (user:User) WHERE user.affinityAt >= 0
  WITH user.affinityAt AS at ORDER BY at LIMIT 1
  RETURN min(at) AS peopleSince
}
CALL () {
  MATCH (post:Post) WHERE post.changedAt >= 0
  WITH post LIMIT $highest
  RETURN count(*) AS posts
}
CALL () {
  MATCH (post:Post) WHERE post.changedAt >= 0
  WITH post.changedAt AS at ORDER BY at LIMIT 1
  RETURN min(at) AS postsSince
}
CALL () {
  MATCH (user:User) WHERE user.affinityAt > $now
  WITH user LIMIT $highest
  RETURN count(*) AS failedPeople
}
CALL () {
  MATCH (post:Post) WHERE post.changedAt > $now
  WITH post LIMIT $highest
  RETURN count(*) AS failedPosts
}
RETURN people, peopleSince, posts, postsSince, failedPeople + failedPosts AS failing, COUNT { ()-[:LIKED]->() } AS likes
