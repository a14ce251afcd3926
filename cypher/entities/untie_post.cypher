// Takes from a post the hashtags and people that it does not have any more, and altogether the hashtags that nobody uses
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
  WITH hashtag WHERE NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|MUTED]-() }
  DETACH DELETE hashtag
}
RETURN post.id AS post
