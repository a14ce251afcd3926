// Hidden posts and the reasons, by the ids of person and post
MATCH (user:User)-[hid:HID]->(post)
USING INDEX user:User(id)
WHERE user.id IS NOT NULL
RETURN user.id AS user, post.id AS post, hid.at AS at, hid.reason AS reason
ORDER BY user, post
