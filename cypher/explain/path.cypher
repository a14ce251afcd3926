// Draws the path of a reason
// :param path => [['42', 'User', null], ['7', 'User', 'FOLLOWS'], ['1', 'Post', 'POSTED']]
UNWIND $path AS step
OPTIONAL MATCH (user:User {id: step[0]}) WHERE step[1] = 'User'
OPTIONAL MATCH (post:Post {id: step[0]}) WHERE step[1] = 'Post'
OPTIONAL MATCH (hashtag:Hashtag {name: step[0]}) WHERE step[1] = 'Hashtag'
WITH collect(coalesce(user, post, hashtag)) AS nodes
UNWIND range(1, size(nodes) - 1) AS place
WITH nodes[place - 1] AS a, nodes[place] AS b, $path[place][2] AS type
CALL (a, b, type) {
  OPTIONAL MATCH (a)-[tie]-(b) WHERE type(tie) = type
  RETURN tie ORDER BY startNode(tie) = a DESC LIMIT 1 // of two who follow each other, the follow that leads on
}
RETURN a, tie, b
