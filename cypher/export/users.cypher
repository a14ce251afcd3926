// People with their names, by id
MATCH (user:User)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS id, user.username AS username, user.fullName AS fullName, user.optedOut AS optedOut,
  user.visibility AS visibility, user.notProfiled AS notProfiled, user.likesForSelf AS likesForSelf
ORDER BY id
