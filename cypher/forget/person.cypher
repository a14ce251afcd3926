// Deletes a person to whom nothing is tied any more; returns how many
// needs: forget/likes
// needs: forget/comments
// needs: forget/posts
// needs: forget/ties
// :param me => '42'
MATCH (me:User {id: $me})
WHERE NOT EXISTS { (me)--() }
DELETE me
RETURN count(*) AS users
