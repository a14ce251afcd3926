// How much people want of hashtags, by the person's id and the hashtag's name
MATCH (user:User)-[wants:WANTS]->(tag)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
WITH user, wants, wants AS tie, tag AS hashtag ORDER BY user.id, tag.name
UNWIND
  // fragment: said_of
  CASE WHEN tie.as IS NULL THEN [hashtag.display] + COLLECT { MATCH (hashtag)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
    ELSE COLLECT { UNWIND tie.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
  // end fragment
  AS spelling
RETURN user.id AS user, spelling AS hashtag, wants.how AS how, wants.at AS at, wants.until AS until, wants.topic AS topic
