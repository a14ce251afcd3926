// Keeps some of a person's posts out of new feeds, which show no sensitive posts, and none without a time; returns how
// many
// needs: forget/posts_of
// :param me => '42'
// :param posts => ['1']
UNWIND $posts AS id
MATCH (post:Post {id: id})
WHERE EXISTS { (post)<-[:POSTED]-(:User {id: $me}) }
SET post.sensitive = true
REMOVE post.takenAt
RETURN count(*) AS closed
