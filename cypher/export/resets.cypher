// Resets of what is learned from people, by the person's id and the time
MATCH (user:User)-[reset:RESET]->()
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, reset.at AS at
ORDER BY user, at
