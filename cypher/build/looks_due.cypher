// Posts whose arcs to posts that look alike are due: their picture is new or another one, told by its model and first
// number, or they may have none any more; a page of posts together, in pages by internal id
// :param highest => 1000000
UNWIND range(0, $highest, 1000) AS first
CALL (first) {
  UNWIND range(first, first + 999) AS id
  MATCH (post:Post) WHERE id(post) = id AND (post.pictureModel IS NOT NULL OR post.looksModel IS NOT NULL)
  WITH post, post.picture IS NOT NULL AND
    // fragment: looks_open
    post.id IS :: STRING NOT NULL AND NOT coalesce(post.visibility <> 'public', false) AND NOT EXISTS {
      MATCH (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false)
        OR coalesce(author.optedOut <> false, false) OR coalesce(author.notProfiled <> false, false)
    }
    // end fragment
    AS open
  WHERE CASE WHEN open AND post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL
      THEN coalesce(post.looksModel <> toStringOrNull(post.pictureModel) + ' ' + toString(post.picture[0]), true)
    ELSE post.looksModel IS NOT NULL OR EXISTS { (post)-[:SIMILAR_PICTURE]-() } END
  RETURN collect(post.id) AS posts
}
WITH posts WHERE posts <> []
RETURN posts
