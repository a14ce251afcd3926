// Blocks, by the ids of both people
MATCH (user:User)-[blocks:BLOCKED]->(other)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, other.id AS blocked, blocks.at AS at
ORDER BY user, blocked
