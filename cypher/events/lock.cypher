// Takes the locks of all that some events touch, in one order for everybody, so that nobody waits in a circle; what there is
// :param people => ['42', '7']
// :param posts => ['1']
// :param hashtags => ['sunset']
CALL () {
  UNWIND $people AS id
  MATCH (node:User {id: id})
  SET node.id = node.id
  WITH node
  RETURN 'person' AS kind, node.id AS id
UNION ALL
  UNWIND $posts AS id
  MATCH (node:Post {id: id})
  SET node.id = node.id
  WITH node
  RETURN 'post' AS kind, node.id AS id
UNION ALL
  UNWIND $hashtags AS name
  MATCH (node:Hashtag {name: name})
  SET node.name = node.name
  WITH node
  RETURN 'hashtag' AS kind, node.name AS id
}
WITH kind, id
WHERE id IS NOT NULL // null is what is left of one that was deleted by who had the lock before
RETURN kind, id
