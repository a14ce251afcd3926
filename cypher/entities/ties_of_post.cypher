// Hashtags and shown people of a post, as names and ids
// :param post => '1'
MATCH (post:Post {id: $post})
RETURN COLLECT { MATCH (post)-[:TAGGED]->(hashtag:Hashtag) RETURN hashtag.name } AS hashtags,
       COLLECT { MATCH (post)-[:MENTIONS]->(person:User) RETURN person.id } AS mentioned
