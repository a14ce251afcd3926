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
  WITH tagged, hashtag, coalesce(tagged.as, [hashtag.name]) AS spelled
  WITH tagged, hashtag, spelled, [name IN spelled WHERE name IN $hashtags] AS kept
  WHERE kept <> spelled
  FOREACH (_ IN CASE kept WHEN [] THEN [] ELSE [1] END | SET tagged.as = CASE kept WHEN [hashtag.name] THEN null ELSE kept END)
  FOREACH (_ IN CASE kept WHEN [] THEN [1] ELSE [] END | DELETE tagged)
  WITH hashtag WHERE
    // fragment: hashtag_unused
    NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
    // end fragment
  DETACH DELETE hashtag
}
RETURN post.id AS post
