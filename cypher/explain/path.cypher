// Draws the path of a reason
// :param path => [{id: '42', label: 'User', type: null}, {id: '7', label: 'User', type: 'FOLLOWS'}, {id: '1', label: 'Post', type: 'POSTED'}]
UNWIND $path AS step
OPTIONAL MATCH (user:User {id: step.id}) WHERE step.label = 'User'
OPTIONAL MATCH (post:Post {id: step.id}) WHERE step.label = 'Post'
OPTIONAL MATCH (hashtag:Hashtag {name: step.id}) WHERE step.label = 'Hashtag'
WITH collect(coalesce(user, post, hashtag)) AS nodes
UNWIND range(1, size(nodes) - 1) AS place
WITH nodes[place - 1] AS a, nodes[place] AS b, $path[place].type AS type
CALL (a, b, type) {
  OPTIONAL MATCH (a)-[tie]-(b) WHERE type(tie) = type
  RETURN tie ORDER BY startNode(tie) = a DESC LIMIT 1 // of two who follow each other, the follow that leads on
}
RETURN a, tie, b
