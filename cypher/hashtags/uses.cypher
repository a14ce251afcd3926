// Who uses some hashtags in posts that everybody may be shown, and the other hashtags of each post; of each hashtag,
// the posts that the store gives first
// :param hashtags => ['sunset']
// :param now => timestamp()
// :param rows => head([{posts: 1000, beside: 30}])
UNWIND $hashtags AS name
MATCH (hashtag:Hashtag {name: name})
CALL (hashtag) {
  CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post:Post) RETURN post LIMIT $rows.posts }
  WITH hashtag, post WHERE coalesce(post.takenAt <= $now, true) AND NOT
    // fragment: for_followers
    (coalesce(post.visibility <> 'public', false)
      OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
    // end fragment
  // fragment: author
  CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH hashtag, post, author WHERE author.id IS :: STRING NOT NULL AND NOT coalesce(author.optedOut <> false, false)
  RETURN author.id AS person, COLLECT {
    MATCH (post)-[:TAGGED]->(other:Hashtag) WHERE other <> hashtag AND other.name IS :: STRING NOT NULL
    RETURN other.name LIMIT $rows.beside
  } AS beside
}
RETURN name AS hashtag, person, beside
