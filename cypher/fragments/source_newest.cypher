// The newest posts of all, for want of better ones
CALL () {
  WITH $quotas.newest AS quota WHERE quota > 0
  MATCH (post:Post) WHERE post.takenAt <= $now
  RETURN post ORDER BY post.takenAt DESC LIMIT $quotas.newest
}
