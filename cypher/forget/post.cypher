// Deletes a post to which nothing is tied any more; returns how many
// needs: forget/ties_of_post
// :param post => '1'
MATCH (post:Post {id: $post})
SET post.id = post.id // locks the post, so that nothing is tied to it meanwhile
WITH post
WHERE NOT EXISTS { (post)--() }
DELETE post
RETURN count(*) AS posts
