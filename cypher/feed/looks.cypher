// The posts that I stayed at, and those that I left at once: by my longest view of each, against the usual time. Of
// views, those that come first in the store count, and of posts the newest, without my own. An act says more than a
// look: I stayed at none that I hid, and left none that I liked, saved, shared or want more like
// :param now => timestamp()
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
// :param feedback => head([{acts: {LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}, stay: 0.3, stayShare: 1.0, leave: -0.3, leaveShare: 0.25, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14, pick: 5.0, more: 3.0, less: 3.0}])
// :param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, seldomPosts: 2, seldomSince: timestamp() - 30 * 86400000, trendFading: 1.0, newArcs: false, limit: 60}])
// :param untimed => -4611686018427387904
MATCH (me:User {id: $request.me})
MATCH (build:Build {name: 'current'}) WHERE build.dwell > 0
WITH me, build,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
CALL (me, build, mine) {
  CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $bounds.views }
  WITH me, build, mine, act, liked WHERE act.dwellMs >= 0 AND coalesce(act.at <= $now, true) AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
    AND NOT EXISTS { (me)-[:POSTED]->(liked) }
  RETURN liked AS post, max(act.at) AS at, max(act.dwellMs) AS dwell, coalesce(toFloatOrNull(liked.dwell), build.dwell) AS usual
}
// What everybody leaves is stayed at only for the usual time of all, and left at once against half of that at least
WITH me, build, post, at, dwell >= $feedback.stayShare * CASE WHEN usual > build.dwell THEN usual ELSE build.dwell END AS stays,
  dwell < $feedback.leaveShare * CASE WHEN usual > build.dwell / 2 THEN usual ELSE build.dwell / 2 END AS leaves
WHERE stays OR leaves
ORDER BY coalesce(at, $untimed) DESC, post.id
WITH me, build, collect(CASE WHEN stays THEN {post: post, at: at} END)[..$bounds.likes] AS stayed,
  collect(CASE WHEN leaves THEN {post: post, at: at} END)[..$bounds.likes] AS left
// Of who acted very often, no act upon a post is looked up that very many acted upon: it would be found among all
WITH build, stayed, left, me, COUNT { (me)-[:LIKED]->() } <= 1000 AS fewLikes, COUNT { (me)-[:SAVED|SHARED|MORE_LIKE]->() } <= 1000 AS fewOthers,
  COUNT { (me)-[:HID]->() } <= 1000 AS fewHides
CALL (me, stayed, fewHides) {
  UNWIND stayed AS stay
  WITH me, stay, fewHides, stay.post AS post
  WHERE NOT ((fewHides OR COUNT { (post)<-[:HID]-() } <= 1000) AND EXISTS { MATCH (me)-[act:HID]->(post) WHERE coalesce(act.at <= $now, true) })
  RETURN collect(stay) AS stays
}
CALL (me, left, fewLikes, fewOthers) {
  UNWIND left AS leave
  WITH me, leave, fewLikes, fewOthers, leave.post AS post
  WHERE NOT ((fewLikes OR COUNT { (post)<-[:LIKED]-() } <= 1000) AND EXISTS { MATCH (me)-[act:LIKED]->(post) WHERE coalesce(act.at <= $now, true) })
    AND NOT ((fewOthers OR COUNT { (post)<-[:SAVED|SHARED|MORE_LIKE]-() } <= 1000) AND EXISTS {
      MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(post) WHERE coalesce(act.at <= $now, true)
    })
  RETURN collect({post: post.id, at: leave.at}) AS leaves
}
RETURN [stay IN stays | {post: stay.post.id, at: stay.at}] AS stayed, leaves AS left,
  [stay IN stays WHERE stay.post['factors' + build.slot] IS NOT NULL | stay.post['factors' + build.slot]] AS factors
