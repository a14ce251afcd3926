// The ids of all people, in order
MATCH (user:User) WHERE user.id > ''
RETURN user.id AS user
ORDER BY user.id
