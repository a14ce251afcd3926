// Posts known to a build, in pages by internal id, with their authors, the results of the build before, and whether
// they are for followers only
// :param known => timestamp()
// :param highest => 1000000
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (post:Post) WHERE id(post) = id AND post.knownSince <= $known AND post.id IS :: STRING NOT NULL
  RETURN collect({node: id, post: post.id, takenAt: toIntegerOrNull(post.takenAt), likeCount: toIntegerOrNull(post.likeCount), trend: toFloatOrNull(post.trend),
    author: head(COLLECT { MATCH (author:User)-[:POSTED]->(post) RETURN id(author) ORDER BY author.id LIMIT 1 }),
    listedLikes: toFloatOrNull(post.listedLikes), changedAt: post.changedAt, dwell: toFloatOrNull(post.dwell),
    apart: toInteger(coalesce(post.sensitive <> false, false) OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.optedOut <> false, false) }),
    forFollowers: toInteger(
      // fragment: for_followers
      (coalesce(post.visibility <> 'public', false)
        OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
      // end fragment
    )}) AS posts
}
RETURN posts
