// My hashtags: those that I chose, then the most frequent ones of the posts that I liked, saved, shared, want more like
// or am shown in, those that were inferred, and those of posts that I stayed at, each with the number of these posts
// and two of them. Of very many likes and hashtags, only the first in the store are read
// :param me => '42'
// :param now => timestamp()
// :param historyDays => 365
// :param reach => 10000
// :param limit => 10
// ---- 1. What is learned from: hashtags of posts, those that I picked, and those of which I said how much I want
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
// ---- 2. Of each, how often and why
WITH me, hashtag, count(liked) AS weight, sum(liked) AS liked, sum(shown) AS shown, sum(looked) AS looked, max(chosen) AS chosen, max(how) AS how,
  max(until) AS until, max(wish) AS wish, min(post) AS first, max(post) AS last
ORDER BY chosen DESC, weight DESC, looked DESC, hashtag.name
// Read last, and only as many as are wanted
WITH me, hashtag, weight, liked, shown, looked, chosen, how, until, wish, first, last WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
  AND hashtag.name IS :: STRING NOT NULL
WITH me, hashtag, weight, liked, shown, looked, chosen, how, until, wish, first, last LIMIT $limit
// The topic of each, named once for all its hashtags
OPTIONAL MATCH (hashtag)-[:OF_TOPIC]->(topic:Topic) WHERE topic.id IS :: STRING NOT NULL
WITH me, hashtag, weight, liked, shown, looked, chosen, how, until, wish, first, last, head(collect(topic)) AS topic
WITH me, topic, collect({hashtag: hashtag, weight: weight, liked: liked, shown: shown, looked: looked, chosen: chosen, how: how, until: until, wish: wish, first: first, last: last}) AS rows
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
UNWIND rows AS row
WITH topic, topicName, row.hashtag AS hashtag, row.weight AS weight, row.liked AS liked, row.shown AS shown, row.looked AS looked, row.chosen AS chosen,
  row.how AS how, row.until AS until, row.wish AS wish, row.first AS first, row.last AS last
RETURN hashtag.name AS hashtag, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display, weight, liked, shown, looked,
  CASE WHEN how = 'none' THEN 'dismissed' WHEN how IN ['more', 'less'] THEN how WHEN chosen = 0 THEN 'inferred' ELSE 'picked' END AS kind,
  CASE WHEN how IS NOT NULL THEN toStringOrNull(wish) END AS wish, toIntegerOrNull(until) AS until, CASE WHEN first IS NULL THEN [] WHEN first = last THEN [first] ELSE [first, last] END AS examples,
  CASE WHEN topicName IS NOT NULL THEN {id: topic.id, name: topicName} END AS topic
ORDER BY chosen DESC, weight DESC, looked DESC, hashtag
