// The newest posts of the people nearest to me whom I do not follow
CALL (me) {
  CALL (me) {
    // fragment: near
    MATCH (me)-[near:AFFINITY]->(author) WHERE $mine.hasAffinity
    RETURN author, near.score AS affinity
    UNION ALL
    UNWIND $mine.near AS near
    MATCH (author:User {id: near.person})
    RETURN author, near.score AS affinity
    // end fragment
  UNION ALL
    // fragment: my_follows
    CALL (me) { MATCH (me)-[follow:FOLLOWS]->(author) RETURN author, follow.since AS since LIMIT $bounds.seen }
    WITH author, since WHERE coalesce(since <= $now, true)
    // end fragment
    RETURN author, -1.0 AS affinity
  }
  WITH author, max(affinity) AS affinity, min(affinity) < 0 AS followed WHERE NOT followed AND author <> me
  RETURN author ORDER BY affinity DESC, author.id LIMIT $quotas.friends_of_friends / 2
}
CALL (author) {
  // fragment: newest_posts
  CALL (author) {
    CALL (author) {
      MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
    UNION
      MATCH (author)-[:RECENT]->(post) WHERE EXISTS { (author)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
    }
    WITH post WHERE
      CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
        ELSE coalesce($request.since < post.takenAt <= $now, false) END
    RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $bounds.posts
  }
  // end fragment
  RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT 2
}
