// The author of a post, of several the one with the smallest id; null if it has none
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
