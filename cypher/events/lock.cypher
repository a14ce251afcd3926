// Locks posts, people and hashtags, always in the same order to avoid deadlocks; returns those that exist
// :param posts => ['1']
// :param people => ['42', '7']
// :param hashtags => ['sunset']
CALL () {
  UNWIND $posts AS id
  MATCH (node:Post {id: id})
  SET node.id = node.id
  WITH node
  RETURN 'post' AS kind, node.id AS id
UNION ALL
  UNWIND $people AS id
  MATCH (node:User {id: id})
  SET node.id = node.id
  WITH node
  RETURN 'person' AS kind, node.id AS id
UNION ALL
  UNWIND $hashtags AS name
  MATCH (named:Hashtag {name: name})
  UNWIND [named] + COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept } AS node // what is written
  WITH DISTINCT node ORDER BY node.name
  SET node.name = node.name
  WITH node
  RETURN 'hashtag' AS kind, node.name AS id
}
WITH kind, id
WHERE id IS NOT NULL // null if the holder of the lock before has deleted it
RETURN kind, id
