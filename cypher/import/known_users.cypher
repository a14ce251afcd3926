// The people whom the graph holds
MATCH (user:User)
RETURN user.id AS id
ORDER BY id
