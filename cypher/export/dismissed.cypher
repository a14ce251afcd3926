// People who were dismissed as suggestions, by the ids of both
MATCH (user:User)-[dismissed:DISMISSED]->(person)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, person.id AS person, dismissed.at AS at
ORDER BY user, person
