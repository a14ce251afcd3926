// My state for a feed: how much I liked, saved, shared and want more like, the oldest of my newest likes, the current
// build, and authors that I was shown lately; no row if I am unknown
// :param now => timestamp()
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
// :param feedback => head([{acts: {LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}, stay: 0.3, stayShare: 1.0, leave: -0.3, leaveShare: 0.25, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14, pick: 5.0, more: 3.0, less: 3.0}])
// :param untimed => -4611686018427387904
// :param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, trendFading: 1.0, newArcs: false, limit: 60}])
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
// My longest view of each post, against the usual time; of views, those that come first in the store
CALL (me, build, mine) {
  WITH me, build, mine WHERE build.dwell > 0 AND ($feedback.stay > 0 OR $feedback.leave < 0)
  CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $bounds.views }
  WITH me, build, mine, act, liked WHERE act.dwellMs >= 0 AND coalesce(act.at <= $now, true) AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  WITH liked, max(act.at) AS at, max(act.dwellMs / coalesce(toFloatOrNull(liked.dwell), build.dwell)) AS share
  ORDER BY coalesce(at, $untimed) DESC, liked.id
  RETURN collect(CASE WHEN $feedback.stay > 0 AND share >= $feedback.stayShare THEN {post: liked.id, at: at} END)[..$bounds.likes] AS stayed,
    collect(CASE WHEN $feedback.leave < 0 AND share < $feedback.leaveShare THEN {post: liked.id, at: at} END)[..$bounds.likes] AS left
}
// The rows below carry no list: sorted, each would take the memory of all of it
WITH me, build, given, acts, stayed, left, mine {.*, untimed: $untimed, stayed: []} AS mine,
  mine.unlearns OR mine.resetAt IS NOT NULL AS isSelective
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
WITH me, build, stayed, left, mine, given, acts, isSelective, done, oldest, oldestOfAuthors, count(*) AS rows
WITH me, build, stayed, left, mine, done + toInteger(size(stayed) * $feedback.stay) AS likes, oldest, oldestOfAuthors,
  build.postGram IS NOT NULL AND (acts > 0 OR isSelective OR stayed <> [] OR coalesce(me.factorsLikes <> given, true)) AS folds
// ---- 3. The vectors of the posts that I liked, where my own is of other likes: builds read only LIKED, and all
CALL (me, mine, build, folds) {
  WITH me, mine, build WHERE folds
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
CALL (build, stayed, folds) {
  UNWIND CASE WHEN folds THEN stayed ELSE [] END AS stay
  MATCH (liked:Post {id: stay.post})
  WITH liked['factors' + build.slot] AS factors WHERE factors IS NOT NULL
  RETURN collect(factors) AS stayedFactors
}
WITH *, likedFactors + stayedFactors AS allFactors, likedWeights + [_ IN stayedFactors | toFloat($feedback.stay)] AS allWeights
// ---- 4. The build, my affinity, my interests, and whom I was shown
RETURN likes, oldest, oldestOfAuthors, build {.generation, .slot, .builtAt, .asOf, .windowFrom, .missing} AS build,
  folds, allFactors AS likedFactors, allWeights AS likedWeights, CASE allFactors WHEN [] THEN null ELSE build.postGram END AS postGram,
  mine.resetAt AS resetAt, mine.unlearns AS unlearns, stayed, left, coalesce(me.notProfiled <> false, false) AS notProfiled,
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
  me.affinityAt IS NOT NULL AS affinityIsDue, COLLECT {
    CALL (me) { MATCH (me)-[:WAS_SHOWN]->(slate:Slate) RETURN slate LIMIT $bounds.seen }
    WITH slate
    WHERE $now - $request.servedDays * 86400000 < slate.asOf <= $now AND slate.served > 0 // or it was not seen yet
    WITH slate ORDER BY slate.asOf DESC, slate.id LIMIT $bounds.slates
    UNWIND slate.authors[..slate.served] AS author
    RETURN author
  } AS shown
