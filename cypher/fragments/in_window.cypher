// Whether a post is of the window that was asked for; where none was, it is of any time that has come
CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
  ELSE coalesce($request.since < post.takenAt <= $now, false) END
