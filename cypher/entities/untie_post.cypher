// Removes the hashtags and people that a post no longer has, and deletes hashtags that nothing uses any more
// :param post => '1'
// :param hashtags => ['sunset']
// :param mentioned => ['42']
MATCH (post:Post {id: $post})
CALL (post) {
  MATCH (post)-[shows:MENTIONS]->(person:User)
  WHERE NOT person.id IN $mentioned
  DELETE shows
}
CALL (post) {
  MATCH (post)-[tagged:TAGGED]->(hashtag:Hashtag)
  WHERE NOT hashtag.name IN $hashtags
  DELETE tagged
  WITH hashtag WHERE
    // fragment: hashtag_unused
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() }
    // end fragment
  DETACH DELETE hashtag
}
RETURN post.id AS post
