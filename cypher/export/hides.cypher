// Which posts a person hid and why, by the ids of both
MATCH (user:User)-[hid:HID]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, hid.at AS at, hid.reason AS reason
ORDER BY user, post
