// Removes a person of whom nothing else is left; how many that is
// needs: forget/likes
// needs: forget/comments
// needs: forget/posts
// needs: forget/ties
// :param me => '42'
MATCH (me:User {id: $me})
WHERE NOT EXISTS { (me)--() }
DELETE me
RETURN count(*) AS users
