// The ids of the people in the graph
MATCH (user:User)
RETURN user.id AS id
ORDER BY id
