// Posts of the authors of whose posts I liked the largest share
CALL (me) {
  CALL (me) {
    CALL (me) {
      WITH me, $mine AS mine, $mine.newestOfAuthors AS oldest
      // fragment: newest_likes
      CALL (me, mine) {
        CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
        RETURN act, act.at AS at, liked, 1.0 AS counted
      UNION ALL
        CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
        RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
      UNION ALL
        UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
        RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
      }
      WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
          (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
          AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        THEN counted ELSE 0.0 END AS weight
      WHERE coalesce(at <= $now, true)
        AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
        AND weight > 0
      // end fragment
      MATCH (liked)<-[:POSTED]-(author)
      WITH author, sum(weight) AS likes
      RETURN author, log((likes + $smoothing.rateLikes) / (COUNT { (author)-[:POSTED]->() } + $smoothing.ratePosts)) AS rate
      ORDER BY rate DESC, author.id LIMIT $bounds.authors
    }
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
    RETURN post, rate
  UNION ALL
    WITH me, $mine AS mine
    // fragment: my_likes
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
      RETURN act, act.at AS at, liked, 1.0 AS counted
    UNION ALL
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
      RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
    UNION ALL
      UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
      RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
    }
    WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      THEN counted ELSE 0.0 END AS weight
    WHERE coalesce(at <= $now, true)
    // end fragment
    RETURN liked AS post, null AS rate
  }
  WITH post, max(rate) AS rate, count(*) AS rows, count(rate) AS rated WHERE rows = rated // liked posts are out before the quota
  RETURN post ORDER BY rate DESC, post.id LIMIT $quotas.liked_authors
}
