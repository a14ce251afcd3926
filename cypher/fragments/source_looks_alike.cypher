// Posts in the window that look like my newest likes, the most alike first, each with the like that it is nearest to;
// without my own likes, of any age
CALL (me) {
  CALL (me) {
    WITH me, $mine AS mine, $mine.newest AS oldest WHERE $quotas.looks_alike > 0 AND COUNT { ()-[:SIMILAR_PICTURE]->() } > 0
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
    CALL (liked) { MATCH (liked)-[arc:SIMILAR_PICTURE]->(post) RETURN arc, post LIMIT 20 }
    WITH liked, post, weight * toFloatOrNull(arc.weight) AS alike
    ORDER BY alike DESC, liked.id
    RETURN post, sum(alike) AS alike, head(collect(liked)) AS look, 0 AS own
  UNION ALL
    WITH me, $mine AS mine WHERE $quotas.looks_alike > 0 AND COUNT { ()-[:SIMILAR_PICTURE]->() } > 0
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
    RETURN liked AS post, 0.0 AS alike, null AS look, 1 AS own
  }
  WITH post, sum(alike) AS alike, head(collect(look)) AS look, sum(own) AS own
  WHERE own = 0 AND alike > 0 AND
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post, look ORDER BY alike DESC, post.id LIMIT $quotas.looks_alike
}
