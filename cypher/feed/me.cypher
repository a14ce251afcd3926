// Who asks for a feed: how much I liked, back to which like the newest go, what the background has built, and who was shown
// lately; no row if the graph does not know me
MATCH (me:User {id: $me})
OPTIONAL MATCH (build:Build {name: 'current'})
WITH me, build, COUNT { (me)-[:LIKED]->() } AS likes
CALL (me, likes) {
  // Only where there is more than is read: most people's likes are all among their newest
  CALL (me, likes) {
    WITH me WHERE likes > $bounds.likes
    // fragment: my_likes
    // end fragment
    RETURN coalesce(at, $untimed) AS at, liked.id AS id ORDER BY at DESC, id LIMIT $bounds.likesOfAuthors
  }
  WITH collect({at: at, id: id}) AS newest
  RETURN newest[$bounds.likes - 1] AS oldest, newest[$bounds.likesOfAuthors - 1] AS oldestOfAuthors
}
// The vectors of what I liked, where my own was made from other likes
CALL (me, build, likes) {
  WITH me, build, likes WHERE build.slot IS NOT NULL AND coalesce(me.factorsLikes <> likes, true) AND likes > 0
  // fragment: my_likes
  // end fragment
  WITH build, at, liked ORDER BY coalesce(at, $untimed) DESC, liked.id LIMIT $bounds.likesOfFactors
  WITH build, liked['factors' + build.slot] AS factors WHERE factors IS NOT NULL
  RETURN collect(factors) AS likedFactors
}
RETURN likes, oldest, oldestOfAuthors, build {.generation, .slot, .builtAt, .asOf, .windowFrom, .missing} AS build,
  likedFactors, CASE likedFactors WHEN [] THEN null ELSE build.postGram END AS postGram,
  EXISTS { (me)-[:AFFINITY]->() } AS hasAffinity, COLLECT {
    MATCH (me)-[:WAS_SHOWN]->(slate:Slate) WHERE $now - $servedDays * 86400000 < slate.asOf <= $now
    WITH slate ORDER BY slate.asOf DESC, slate.id LIMIT $bounds.slates
    UNWIND slate.authors[..slate.served] AS author
    RETURN author
  } AS shown
