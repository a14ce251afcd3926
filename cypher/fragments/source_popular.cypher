// The most liked posts of the months that the window touches, or of all time
CALL () {
  UNWIND $request.months AS month
  MATCH ()-[:TOP {hashtag: '', month: month}]->(post)
  WHERE
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY coalesce(post.likeCount, 0) DESC, post.id LIMIT $quotas.popular
}
