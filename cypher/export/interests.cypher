// Hashtags that people picked, or that were inferred for them, by the person's id and the hashtag's name
MATCH (user:User)-[picked:INTERESTED_IN]->(tag)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, tag.display AS hashtag, picked.at AS at, picked.inferred AS inferred
ORDER BY user, tag.name
