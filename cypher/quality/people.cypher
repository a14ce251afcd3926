// People with all their ties, by internal ids, of each kind the last stored first; $untimed stands for no time
// :param untimed => -4611686018427387904
// :param now => timestamp()
// :param perPerson => 1000
MATCH (user:User) WHERE user.id IS :: STRING NOT NULL
WITH user,
  // fragment: my_learning (me=user)
  {
    resetAt: head(COLLECT { MATCH (user)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (user)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
CALL (user) {
  CALL (user) { MATCH (user)-[like:LIKED]->(post) RETURN like.at AS at, post LIMIT $perPerson }
  RETURN collect(id(post)) AS liked, collect(coalesce(toIntegerOrNull(at), $untimed)) AS likedAt
}
CALL (user) {
  MATCH (user)-[act:SAVED|SHARED|MORE_LIKE]->(post)
  RETURN collect(id(post)) AS acted, collect(coalesce(toIntegerOrNull(act.at), $untimed)) AS actedAt, 
    collect(CASE type(act) WHEN 'SAVED' THEN 0 WHEN 'SHARED' THEN 1 ELSE 2 END) AS actedBy
}
CALL (user) {
  MATCH (user)-[follow:FOLLOWS]->(followee)
  RETURN collect(id(followee)) AS followed, collect(coalesce(toIntegerOrNull(follow.since), $untimed)) AS followedSince
}
CALL (user) {
  MATCH (user)-[view:VIEWED]->(post)
  RETURN collect(id(post)) AS viewed, collect(coalesce(toIntegerOrNull(view.at), $untimed)) AS viewedAt,
    collect(coalesce(toFloatOrNull(view.dwellMs), -1.0)) AS viewedFor
}
CALL (user) {
  MATCH (user)-[hide:HID]->(post)
  RETURN collect(id(post)) AS hid, collect(coalesce(toIntegerOrNull(hide.at), $untimed)) AS hidAt,
    collect(coalesce(toStringOrNull(hide.reason), '')) AS hidFor
}
CALL (user) {
  MATCH (user)-[pick:INTERESTED_IN]->(hashtag)
  RETURN collect(id(hashtag)) AS picked, collect(coalesce(toIntegerOrNull(pick.at), $untimed)) AS pickedAt,
    collect(CASE pick.inferred WHEN true THEN 1 ELSE 0 END) AS inferred
}
CALL (user, mine) {
  MATCH (user)-[want:WANTS]->(hashtag) WHERE
    // fragment: wish_counts
    coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
    AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    // end fragment
  WITH want, hashtag, CASE WHEN want.topic IS NULL THEN 0 ELSE
      // fragment: place_in_topic
      coalesce(toIntegerOrNull(head(COLLECT { MATCH (hashtag)-[of:OF_TOPIC]->() RETURN of.place LIMIT 1 })), 101)
      // end fragment
    END AS place
  RETURN collect(CASE want.how WHEN 'more' THEN id(hashtag) END) AS more, collect(CASE want.how WHEN 'more' THEN place END) AS morePlaces, collect(CASE want.how WHEN 'less' THEN id(hashtag) END) AS less,
    collect(CASE want.how WHEN 'none' THEN id(hashtag) END) AS dismissed
}
CALL (user) {
  MATCH (user)-[near:AFFINITY]->(other)
  RETURN collect(id(other)) AS near, collect(coalesce(toFloatOrNull(near.score), 0.0)) AS affinity
}
RETURN id(user) AS node, user.id AS id, coalesce(user.optedOut <> false, false) OR coalesce(user.visibility <> 'public', false) AS closed, coalesce(user.likesForSelf <> false, false) AS likesForSelf, coalesce(user.notProfiled <> false, false) AS notProfiled,
  liked, likedAt, acted, actedAt, actedBy, followed, followedSince, viewed, viewedAt, viewedFor, hid, hidAt, hidFor, picked, pickedAt, inferred, more, morePlaces, less, dismissed, near, affinity,
  coalesce([word IN user.mutedWords + coalesce(user.mutedSpellings, []) WHERE word IS :: STRING NOT NULL], []) AS mutedWords,
  coalesce(toIntegerOrNull(mine.resetAt), $untimed) AS resetAt, coalesce(toIntegerOrNull(user.community), -1) AS community, COLLECT { MATCH (user)-[:UNLEARNED]->(one) RETURN id(one) } AS unlearned,
  COLLECT { MATCH (user)-[:POSTED]->(post) RETURN id(post) } AS posted,
  COLLECT { MATCH (user)-[:RECENT]->(post) WHERE EXISTS { (user)-[:POSTED]->(post) } RETURN id(post) } AS recent,
  COLLECT { MATCH (user)<-[:MENTIONS]-(post) RETURN id(post) } AS mentions,
  COLLECT { MATCH (user)-[:MUTED]->(muted) RETURN id(muted) } AS muted,
  COLLECT { MATCH (user)-[:BLOCKED]->(other) RETURN id(other) } AS blocked
