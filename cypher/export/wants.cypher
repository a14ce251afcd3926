// How much people want of hashtags, by the person's id and the hashtag's name
MATCH (user:User)-[wants:WANTS]->(tag)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, tag.display AS hashtag, wants.how AS how, wants.at AS at, wants.until AS until
ORDER BY user, tag.name
