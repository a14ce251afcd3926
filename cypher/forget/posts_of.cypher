// Ids of a person's posts
// :param me => '42'
MATCH (:User {id: $me})-[:POSTED]->(post)
RETURN post.id AS post
