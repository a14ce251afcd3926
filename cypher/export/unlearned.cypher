// Posts and people that are not to be learned from, by the ids of the person and of these
MATCH (user:User)-[unlearned:UNLEARNED]->(one)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, CASE WHEN one:Post THEN one.id END AS post, CASE WHEN one:User THEN one.id END AS person, unlearned.at AS at
ORDER BY user, post, person
