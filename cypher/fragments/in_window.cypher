// Condition: a post is in the requested window; without a window, it is not from the future
CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
  ELSE coalesce($request.since < post.takenAt <= $now, false) END
