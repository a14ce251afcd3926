// Posts similar to my newest likes, each with its similarity from 0 to 1 and the likes it comes from. 1 is the most
// similar post that I have not liked, before any other filter: no similarity depends on what else may be shown
CALL (me) {
  CALL (me) {
    CALL (me) {
      WITH me, $mine AS mine, $mine.newest AS oldest
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
      CALL (liked) {
        WITH liked WHERE NOT $request.newArcs
        MATCH (liked)-[arc:SIMILAR]->(post) RETURN arc, post
      UNION ALL
        WITH liked WHERE $request.newArcs
        MATCH (liked)-[arc:SIMILAR_NEW]->(post) RETURN arc, post
      }
      RETURN post, sum(weight * arc.weight) AS sum, collect({weight: weight * arc.weight, post: liked}) AS links, 0 AS own
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
      RETURN liked AS post, 0.0 AS sum, [] AS links, 1 AS own
    }
    WITH post, sum(sum) AS sum, head(collect(links)) AS links, sum(own) AS own WHERE own = 0
    RETURN collect({post: post, sum: sum, links: links}) AS found, max(sum) AS largest
  }
  UNWIND found AS one
  RETURN one.post AS post, CASE WHEN largest > 0 THEN one.sum / largest ELSE 0.0 END AS similar, one.links AS links
}
