// The newest posts of the people nearest to me whom I do not follow
CALL (me) {
  CALL (me) {
    // fragment: near
    // end fragment
  UNION ALL
    CALL (me) { MATCH (me)-[follow:FOLLOWS]->(author) RETURN author, follow.since AS since LIMIT $bounds.seen }
    WITH author, since WHERE coalesce(since <= $now, true)
    RETURN author, -1.0 AS affinity
  }
  WITH author, max(affinity) AS affinity, min(affinity) < 0 AS followed WHERE NOT followed AND author <> me
  RETURN author ORDER BY affinity DESC, author.id LIMIT $quotas.friends_of_friends / 2
}
CALL (author) {
  // fragment: newest_posts
  // end fragment
  RETURN post LIMIT 2
}
