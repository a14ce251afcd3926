// The most liked and the newest posts with my hashtags: those I want more of, by themselves or in a topic, those I
// picked, and those of posts that I liked or am shown in
// ---- 1. My hashtags
CALL (me, bars) {
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
    CALL (liked) { MATCH (liked)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, weight, 0 AS wanted
  UNION ALL
    CALL (me) { MATCH (me)<-[:MENTIONS]-(shown) RETURN shown LIMIT $bounds.likes }
    CALL (shown) { MATCH (shown)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, 1.0 AS weight, 0 AS wanted
  UNION ALL
    WITH me, $mine AS mine
    CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN hashtag, pick LIMIT $bounds.likes }
    WITH hashtag, pick WHERE
      // fragment: pick_counts
      coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
      // end fragment
    RETURN hashtag, CASE pick.inferred WHEN true THEN 1.0 ELSE toFloat($feedback.pick) END AS weight, 0 AS wanted // inferred as a liked post
  UNION ALL
    WITH me, $mine AS mine
    // fragment: my_wants
    CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
    WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
      coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
      AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    // end fragment
    WITH hashtag, how WHERE how IN ['less', 'none'] OR how = 'more' AND NOT ofTopic
    // What I want less of, or dismissed, is no interest, however often I liked it
    RETURN hashtag, CASE how WHEN 'more' THEN toFloat($feedback.pick) ELSE -1e9 END AS weight, CASE how WHEN 'more' THEN 2 ELSE 0 END AS wanted
  UNION ALL
    WITH me, $mine AS mine
    // fragment: my_wants
    CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
    WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
      coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
      AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    // end fragment
    WITH hashtag WHERE how = 'more' AND ofTopic
    // Of topics no more than half of them, the most typical ones of each topic first
    WITH hashtag,
      // fragment: place_in_topic
      coalesce(toIntegerOrNull(head(COLLECT { MATCH (hashtag)-[of:OF_TOPIC]->() RETURN of.place LIMIT 1 })), 101)
      // end fragment
      AS place
    ORDER BY place, hashtag.name LIMIT $bounds.interests / 2
    RETURN hashtag, toFloat($feedback.pick) AS weight, 1 AS wanted
  }
  WITH me, bars, hashtag, sum(weight) AS weight, max(wanted) AS wanted WHERE weight >= 0 AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(hashtag) })
  RETURN hashtag, wanted ORDER BY wanted DESC, weight DESC, hashtag.name LIMIT $bounds.interests
}
// ---- 2. Their posts
// Of a hashtag that I want more of as many as the quota, of the others a share; the newest are for both sources
CALL (hashtag, wanted) {
  CALL (hashtag) {
    UNWIND $request.months AS month
    MATCH ()-[:TOP {hashtag: hashtag.name, month: month}]->(post)
    WHERE
      // fragment: in_window
      CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
        ELSE coalesce($request.since < post.takenAt <= $now, false) END
      // end fragment
    RETURN post ORDER BY coalesce(post.likeCount, 0) DESC, post.id LIMIT $quotas.interests
  }
  WITH wanted, collect(post) AS posts
  UNWIND CASE WHEN wanted > 0 THEN posts ELSE posts[..$quotas.interests / $bounds.interests] END AS post
  RETURN post, 'interests' AS source
UNION
  // fragment: tagged_read
  CALL (hashtag) {
    MATCH (hashtag)<-[:TAGGED]-(post) RETURN post LIMIT $bounds.scanned
  UNION
    MATCH (hashtag)-[:RECENT]->(post) WHERE EXISTS { (hashtag)<-[:TAGGED]-(post) } RETURN post LIMIT $bounds.scanned
  }
  // end fragment
  WITH wanted, post WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  WITH wanted, post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id
  WITH wanted, collect(post) AS newest, collect(CASE WHEN $quotas.new_posts > 0 AND NOT coalesce(toIntegerOrNull(post.likeCount) >= 3, false) THEN post END) AS unliked
  UNWIND [['interests', newest, $quotas.interests], ['new_posts', unliked, $quotas.new_posts]] AS brought UNWIND brought[1][..CASE WHEN wanted > 0 THEN brought[2] ELSE brought[2] / $bounds.interests END] AS post
  RETURN post, brought[0] AS source
}
