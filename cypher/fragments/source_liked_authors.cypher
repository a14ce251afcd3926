// Posts of the authors of whose posts I liked the largest share
CALL (me) {
  CALL (me) {
    CALL (me) {
      WITH me, $mine.newestOfAuthors AS oldest
      // fragment: newest_likes
      // end fragment
      MATCH (liked)<-[:POSTED]-(author)
      WITH author, count(*) AS likes
      RETURN author, log((likes + $smoothing.rateLikes) / (COUNT { (author)-[:POSTED]->() } + $smoothing.ratePosts)) AS rate
      ORDER BY rate DESC, author.id LIMIT $bounds.authors
    }
    // fragment: newest_posts
    // end fragment
    RETURN post, rate
  UNION ALL
    // fragment: my_likes
    // end fragment
    RETURN liked AS post, null AS rate
  }
  WITH post, max(rate) AS rate, count(*) AS rows, count(rate) AS rated WHERE rows = rated // what I liked is out before the quota
  RETURN post ORDER BY rate DESC, post.id LIMIT $quotas.liked_authors
}
