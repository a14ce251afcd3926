// Posts that trend: of the last list the first 50, the most surprising ones
CALL () {
  MATCH (list:TrendingList) WHERE coalesce(toIntegerOrNull(list.asOf) <= $now, true)
  WITH list ORDER BY list.builtAt DESC LIMIT 1
  MATCH (list)-[row:TRENDING]->(post) WHERE row.place < 50 AND
    // fragment: in_window
    CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
      ELSE coalesce($request.since < post.takenAt <= $now, false) END
    // end fragment
  RETURN post ORDER BY row.place, post.id LIMIT $quotas.trending
}
