// The newest posts of all that everybody may be shown, among four times as many
CALL () {
  WITH $quotas.newest AS quota WHERE quota > 0
  CALL () {
    MATCH (post:Post) WHERE post.takenAt <= $now AND ($request.exclude = [] OR NOT post.id IN $request.exclude)
    RETURN post ORDER BY post.takenAt DESC LIMIT 4 * $quotas.newest
  }
  WITH post WHERE NOT
    // fragment: for_followers
    (coalesce(post.visibility <> 'public', false)
      OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
    // end fragment
  RETURN post ORDER BY post.takenAt DESC LIMIT $quotas.newest
}
