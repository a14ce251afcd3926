// My topics, the heaviest first: of how many posts that I liked, saved, shared, want more like or am shown in, two of
// them, and how much I said I want of it. Hashtags that I muted, dismissed or want less of do not count
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
// :param reach => 10000
// :param limit => 10
// ---- 1. What is learned from
// fragment: my_hashtags
MATCH (me:User {id: $me})
OPTIONAL MATCH (build:Build {name: 'current'})
WITH me, build, coalesce(me.notProfiled <> false, false) AS notProfiled,
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  AS mine
WITH me, notProfiled, mine {.*, dwell: build.dwell, stayShare: 1.0} AS mine
CALL (me, mine, notProfiled) {
  CALL (me, mine, notProfiled) {
    WITH me, mine WHERE NOT notProfiled
    CALL (me) { MATCH (me)-[act:LIKED|SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $reach }
    WITH me, mine, act, liked WHERE coalesce($now - $historyDays * 86400000 < act.at <= $now, true) AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN liked AS post, 1 AS liked, 0 AS shown, 0 AS looked
  UNION ALL
    WITH me WHERE NOT notProfiled
    CALL (me) { MATCH (me)<-[:MENTIONS]-(post) RETURN post LIMIT $reach }
    RETURN post, 0 AS liked, 1 AS shown, 0 AS looked
  UNION ALL
    WITH me, mine WHERE NOT notProfiled AND mine.dwell > 0
    CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $reach }
    WITH me, mine, act, liked WHERE coalesce($now - $historyDays * 86400000 < act.at <= $now, true) AND
      toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
      AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN DISTINCT liked AS post, null AS liked, null AS shown, 1 AS looked
  }
  WITH me, post, max(liked) AS liked, max(shown) AS shown, max(looked) AS looked WHERE
    NOT EXISTS { (post)<-[:POSTED]-(author) WHERE (coalesce(author.visibility <> 'public', false)
      OR coalesce(post.visibility <> 'public', false)) AND author <> me AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } }
  MATCH (post)-[:TAGGED]->(hashtag)
  RETURN hashtag, post.id AS post, liked, shown, looked, 0 AS chosen, null AS how, null AS until, null AS wish LIMIT 3 * $reach
UNION ALL
  CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN hashtag, pick LIMIT $reach }
  WITH hashtag, pick WHERE NOT (notProfiled AND coalesce(pick.inferred, false)) AND
    coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
  // An inferred one weighs as much as a post
  RETURN hashtag, null AS post, CASE pick.inferred WHEN true THEN 0 END AS liked, null AS shown, 0 AS looked,
    CASE pick.inferred WHEN true THEN 0 ELSE 1 END AS chosen, null AS how, null AS until, null AS wish
UNION ALL
  CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN hashtag, want LIMIT $reach }
  WITH hashtag, want WHERE want.how IN ['more', 'less', 'none'] AND
    coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
    AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
  // What I want of a topic is not chosen for each of its hashtags
  RETURN hashtag, null AS post, null AS liked, null AS shown, 0 AS looked, CASE WHEN want.topic IS NULL THEN 1 ELSE 0 END AS chosen,
    want.how AS how, want.until AS until, want.topic AS wish
}
// end fragment
// ---- 2. The hashtags that are mine most, with their posts
WITH me, hashtag, count(liked) AS weight, sum(looked) AS looked, max(chosen) AS chosen, max(how) AS how, max(until) AS until, max(wish) AS wish,
  sum(CASE WHEN post IS NULL AND (liked IS NOT NULL OR chosen = 1) THEN 1 ELSE 0 END) AS said,
  collect(CASE WHEN liked = 1 THEN post END) AS likedPosts, collect(CASE WHEN liked = 0 THEN post END) AS shownPosts
ORDER BY chosen = 0 AND wish IS NULL, weight DESC, looked DESC, hashtag.name LIMIT 1000
WITH me, hashtag, how, until, wish, said, likedPosts, shownPosts, coalesce(how IN ['less', 'none'], false) AS isUnwanted
WHERE hashtag.name IS :: STRING NOT NULL AND NOT EXISTS { (me)-[:MUTED]->(hashtag) }
// ---- 3. Their topics, in which a post counts once
CALL (hashtag) { MATCH (hashtag)-[:OF_TOPIC]->(topic:Topic) RETURN topic LIMIT 1 }
WITH me, topic, max(CASE WHEN wish = topic.id THEN how END) AS how, max(CASE WHEN wish = topic.id THEN until END) AS until,
  sum(CASE WHEN isUnwanted THEN 0 ELSE said END) AS said,
  collect(CASE WHEN NOT isUnwanted THEN likedPosts END) AS likedLists, collect(CASE WHEN NOT isUnwanted THEN shownPosts END) AS shownLists
WHERE topic.id IS :: STRING NOT NULL
CALL (likedLists) {
  UNWIND likedLists AS list UNWIND list AS post
  RETURN count(DISTINCT post) AS liked, min(post) AS firstLiked, max(post) AS lastLiked
}
CALL (shownLists) {
  UNWIND shownLists AS list UNWIND list AS post
  RETURN count(DISTINCT post) AS shown, min(post) AS firstShown, max(post) AS lastShown
}
WITH me, topic, how, until, said + liked + shown AS weight, liked,
  CASE WHEN firstShown < firstLiked THEN firstShown ELSE coalesce(firstLiked, firstShown) END AS first,
  CASE WHEN lastShown > lastLiked THEN lastShown ELSE coalesce(lastLiked, lastShown) END AS last
WHERE weight > 0 OR how IS NOT NULL
WITH me, topic, how, until, weight, liked, first, last ORDER BY how IS NULL, weight DESC, topic.id
// fragment: topic_name
CALL (me, topic) {
  CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(typical:Hashtag) RETURN of, typical LIMIT 500 }
  WITH me, typical, min(of.place) AS nth WHERE typical.name IS :: STRING NOT NULL
  WITH me, typical, nth ORDER BY nth, typical.name LIMIT 20
  WITH typical, nth WHERE NOT EXISTS { (me)-[:MUTED]->(typical) } AND NOT EXISTS { (typical)-[:VARIANT_OF]->() } // which may be merged just now
  WITH typical ORDER BY nth, typical.name LIMIT 3
  WITH collect(coalesce(toStringOrNull(typical.display), typical.name)) AS spellings
  RETURN CASE WHEN spellings <> [] THEN substring(reduce(text = '', spelling IN spellings | text + ', ' + spelling), 2) END AS topicName
}
// end fragment
WITH topic, topicName, how, until, weight, liked, first, last WHERE topicName IS NOT NULL
WITH topic, topicName, how, until, weight, liked, first, last LIMIT $limit
RETURN topic.id AS topic, topicName AS name, weight, liked, CASE how WHEN 'none' THEN 'dismissed' ELSE how END AS how, toIntegerOrNull(until) AS until,
  CASE WHEN first IS NULL THEN [] WHEN first = last THEN [first] ELSE [first, last] END AS examples
ORDER BY how IS NULL, weight DESC, topic
