// The newest posts of all, where there is nothing better
CALL () {
  WITH $quotas.newest AS quota WHERE quota > 0
  MATCH (post:Post) WHERE post.takenAt <= $now
  RETURN post ORDER BY post.takenAt DESC LIMIT $quotas.newest
}
