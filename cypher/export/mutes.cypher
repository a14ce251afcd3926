// Muted people and hashtags, by the ids of the person and the muted
MATCH (user:User)-[mutes:MUTED]->(muted)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, muted.id AS mutedUser, muted.display AS hashtag, mutes.at AS at,
       mutes.until AS until
ORDER BY user, mutedUser, muted.name
