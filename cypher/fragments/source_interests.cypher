// The most liked and the newest posts with my hashtags: those of posts that I liked or am shown in, and those I picked
CALL (me, bars) {
  CALL (me) {
    WITH me, $mine.newest AS oldest
    // fragment: newest_likes
    CALL (me) { MATCH (me)-[like:LIKED]->(liked) RETURN like.at AS at, liked LIMIT $bounds.stored }
    WITH at, liked WHERE coalesce(at <= $now, true)
      AND (coalesce(at, $mine.untimed) > oldest.at OR coalesce(at, $mine.untimed) = oldest.at AND liked.id <= oldest.id)
    // end fragment
    CALL (liked) { MATCH (liked)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, 1.0 AS weight
  UNION ALL
    CALL (me) { MATCH (me)<-[:MENTIONS]-(shown) RETURN shown LIMIT $bounds.likes }
    CALL (shown) { MATCH (shown)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, 1.0 AS weight
  UNION ALL
    CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN hashtag, pick.at AS at LIMIT $bounds.likes }
    WITH hashtag, at WHERE coalesce(at <= $now, true)
    RETURN hashtag, toFloat($feedback.pick) AS weight
  }
  WITH me, bars, hashtag, sum(weight) AS weight WHERE NOT bars OR NOT EXISTS { (me)-[:MUTED]->(hashtag) }
  RETURN hashtag ORDER BY weight DESC, hashtag.name LIMIT $bounds.interests
}
CALL (hashtag) {
  CALL (hashtag) {
    UNWIND $request.months AS month
    MATCH ()-[:TOP {hashtag: hashtag.name, month: month}]->(post)
    WHERE
      // fragment: in_window
      CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
        ELSE coalesce($request.since < post.takenAt <= $now, false) END
      // end fragment
    RETURN post ORDER BY coalesce(post.likeCount, 0) DESC, post.id LIMIT $quotas.interests / $bounds.interests
  }
  RETURN post
UNION
  CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post) RETURN post LIMIT $bounds.scanned }
  WITH post WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $quotas.interests / $bounds.interests
}
