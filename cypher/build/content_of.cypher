// The parts of what is expected of a post: those of its author, of several the one with the smallest id, and of its
// hashtags
// :param rows => head([{node: 1, property: 'contentA'}])
MATCH (post:Post) WHERE id(post) = $rows.node
RETURN head(COLLECT { MATCH (author:User)-[:POSTED]->(post) RETURN author[$rows.property] ORDER BY author.id LIMIT 1 }) AS author,
  COLLECT {
    CALL (post) { MATCH (post)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT 100 }
    WITH hashtag[$rows.property] AS part WHERE part IS NOT NULL
    RETURN part
  } AS hashtags
