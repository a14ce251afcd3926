// Rows of me and a hashtag, or a topic that I said something of: of each post that I liked, saved, shared, want more
// like, am shown in or stayed at, and of each pick or want
MATCH (me:User {id: $me})
OPTIONAL MATCH (build:Build {name: 'current'})
WITH me, build, coalesce(me.notProfiled <> false, false) AS notProfiled,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
WITH me, notProfiled, mine {.*, dwell: build.dwell, stayShare: 1.0} AS mine
CALL (me, mine, notProfiled) {
  CALL (me, mine, notProfiled) {
    WITH me, mine WHERE NOT notProfiled
    CALL (me) { MATCH (me)-[act:LIKED|SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $reach }
    WITH me, mine, act, liked WHERE coalesce($now - $historyDays * 86400000 < act.at <= $now, true) AND
      // fragment: learned_from
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      // end fragment
    RETURN liked AS post, 1 AS liked, 0 AS shown, 0 AS looked
  UNION ALL
    WITH me WHERE NOT notProfiled
    CALL (me) { MATCH (me)<-[:MENTIONS]-(post) RETURN post LIMIT $reach }
    RETURN post, 0 AS liked, 1 AS shown, 0 AS looked
  UNION ALL
    WITH me, mine WHERE NOT notProfiled AND mine.dwell > 0
    CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $reach }
    WITH me, mine, act, liked WHERE coalesce($now - $historyDays * 86400000 < act.at <= $now, true) AND
      // fragment: stays
      toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
      AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      // end fragment
    RETURN DISTINCT liked AS post, null AS liked, null AS shown, 1 AS looked
  }
  WITH me, post, max(liked) AS liked, max(shown) AS shown, max(looked) AS looked WHERE
    // fragment: open_to_me
    NOT EXISTS { (post)<-[:POSTED]-(author) WHERE (coalesce(author.visibility <> 'public', false)
      OR coalesce(post.visibility <> 'public', false)) AND author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } }
    // end fragment
  MATCH (post)-[:TAGGED]->(hashtag)
  RETURN hashtag, post.id AS post, liked, shown, looked, 0 AS chosen, null AS how, null AS until, null AS wish LIMIT 3 * $reach
UNION ALL
  CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN hashtag, pick LIMIT $reach }
  WITH hashtag, pick WHERE NOT (notProfiled AND coalesce(pick.inferred, false)) AND
    // fragment: pick_counts
    coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
    // end fragment
  // An inferred one weighs as much as a post
  RETURN hashtag, null AS post, CASE pick.inferred WHEN true THEN 0 END AS liked, null AS shown, 0 AS looked,
    CASE pick.inferred WHEN true THEN 0 ELSE 1 END AS chosen, null AS how, null AS until, null AS wish
UNION ALL
  CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN hashtag, want LIMIT $reach }
  WITH hashtag, want WHERE want.how IN ['more', 'less', 'none'] AND
    // fragment: wish_counts
    coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
    AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    // end fragment
  // What I want of a topic is not chosen for each of its hashtags
  RETURN hashtag, null AS post, null AS liked, null AS shown, 0 AS looked, CASE WHEN want.topic IS NULL THEN 1 ELSE 0 END AS chosen,
    want.how AS how, want.until AS until, want.topic AS wish
}
