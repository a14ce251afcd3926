// Muted people and hashtags, by the ids of the person and the muted
MATCH (user:User)-[mutes:MUTED]->(muted)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
WITH user, mutes, muted ORDER BY user.id, muted.id, muted.name
UNWIND
  // fragment: said_of (tie=mutes, hashtag=muted)
  CASE WHEN mutes.as IS NULL THEN [muted.display] + COLLECT { MATCH (muted)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
    ELSE COLLECT { UNWIND mutes.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
  // end fragment
  AS spelling
RETURN user.id AS user, muted.id AS mutedUser, spelling AS hashtag, mutes.at AS at,
       mutes.until AS until
