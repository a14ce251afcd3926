// My state for a feed: how much I liked, saved, shared and want more like, the oldest of my newest likes, the current
// build, and authors that I was shown lately; no row if I am unknown
// :param now => timestamp()
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
// :param feedback => head([{acts: {LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}, stay: 0.3, stayShare: 1.0, leave: -0.3, leaveShare: 0.25, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14, pick: 5.0, more: 3.0, less: 3.0}])
// :param untimed => -4611686018427387904
// :param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, seldomPosts: 2, seldomSince: timestamp() - 30 * 86400000, trendFading: 1.0, newArcs: false, limit: 60}])
// ---- 1. How much I did, and what of it is learned from
MATCH (me:User {id: $request.me})
OPTIONAL MATCH (build:Build {name: 'current'})
WITH me, build, COUNT { (me)-[:LIKED]->() } AS given, COUNT { (me)-[:SAVED|SHARED|MORE_LIKE]->() } AS acts,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
WITH me, build, given, acts, mine {.*, stayed: []} AS mine, mine.unlearns OR mine.resetAt IS NOT NULL AS isSelective
CALL (me, mine, given, acts, isSelective) {
  WITH given, acts, isSelective WHERE NOT isSelective
  RETURN given + acts AS done
UNION ALL
  WITH me, mine, isSelective WHERE isSelective
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
  RETURN count(CASE WHEN weight > 0 THEN 1 END) AS done
}
// ---- 2. The oldest of the newest likes that are read
CALL (me, mine, done) {
  // Only with more likes than are read: for most people, all likes are among the newest
  CALL (me, mine, done) {
    WITH me, mine WHERE done > $bounds.likes
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
    WITH at, liked WHERE weight > 0
    RETURN coalesce(at, $untimed) AS at, liked.id AS id ORDER BY at DESC, id LIMIT $bounds.likesOfAuthors
  }
  WITH collect({at: at, id: id}) AS newest
  RETURN newest[$bounds.likes - 1] AS oldest, newest[$bounds.likesOfAuthors - 1] AS oldestOfAuthors
}
// Grouped, so that the sorted rows do not carry the list of the newest, which would take memory once a row
WITH me, build, mine, given, acts, isSelective, done, oldest, oldestOfAuthors, count(*) AS rows
WITH me, build, mine, done, oldest, oldestOfAuthors, build.postGram IS NOT NULL AS canFold,
  acts > 0 OR isSelective OR coalesce(me.factorsLikes <> given, true) AS isOfOthers,
  build.dwell > 0 AND EXISTS {
    CALL (me) { MATCH (me)-[view:VIEWED]->() RETURN view LIMIT $bounds.views }
    WITH view WHERE view.dwellMs >= 0
    RETURN view
  } AS looks
// ---- 3. The vectors of the posts that I liked, where my own is of other likes: builds read all LIKED, and no looks
CALL (me, mine, build, canFold, isOfOthers, looks) {
  WITH me, mine, build WHERE canFold AND (isOfOthers OR looks)
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
  WITH at, liked, weight WHERE weight > 0
  WITH build, liked, sum(weight) AS weight, max(coalesce(at, $untimed)) AS at ORDER BY at DESC, liked.id LIMIT $bounds.likesOfFactors
  WITH liked['factors' + build.slot] AS factors, weight WHERE factors IS NOT NULL
  RETURN collect(factors) AS likedFactors, collect(weight) AS likedWeights
}
// ---- 4. The build, my affinity, my interests, and whom I was shown
RETURN done AS likes, oldest, oldestOfAuthors, build {.generation, .slot, .builtAt, .readAt, .asOf, .windowFrom, .missing} AS build,
  canFold AND isOfOthers AS folds, looks, likedFactors, likedWeights,
  CASE WHEN looks OR likedFactors <> [] THEN build.postGram END AS postGram,
  mine.resetAt AS resetAt, COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN toIntegerOrNull(reset.recordedAt) } AS resetsRecordedAt,
  mine.unlearns AS unlearns, coalesce(me.notProfiled <> false, false) AS notProfiled,
  // Where I have reset, an affinity that is due may be of before
  EXISTS { (me)-[:AFFINITY]->() } AND (mine.resetAt IS NULL OR me.affinityAt IS NULL) AS hasAffinity,
  EXISTS {
    CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN pick LIMIT $bounds.seen }
    WITH pick WHERE coalesce(pick.inferred <> true, true) AND
      // fragment: pick_counts
      coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
      // end fragment
    RETURN pick
  } OR EXISTS {
    CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want LIMIT $bounds.seen }
    WITH want WHERE want.how = 'more' AND
      // fragment: wish_counts
      coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
      AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
      // end fragment
    RETURN want
  } AS hasPicked,
  EXISTS {
    CALL (me) { MATCH (me)-[:HID]->(post) RETURN post LIMIT $bounds.stored }
    WITH post WHERE post.pictureBytes IS NOT NULL
    RETURN post
  } AS hidesPictures, me.affinityAt IS NOT NULL AS affinityIsDue, COLLECT {
    CALL (me) { MATCH (me)-[:WAS_SHOWN]->(slate:Slate) RETURN slate LIMIT $bounds.seen }
    WITH slate
    WHERE $now - $request.servedDays * 86400000 < slate.asOf <= $now AND slate.served > 0 // or it was not seen yet
    WITH slate ORDER BY slate.asOf DESC, slate.id LIMIT $bounds.slates
    UNWIND slate.authors[..slate.served] AS author
    RETURN author
  } AS shown
