// A batch of a post's ties, each with the kind of node at its other end and that node's id or name
// :param post => '1'
// :param batch => 2000
MATCH (:Post {id: $post})-[tie]-(other)
WITH tie, other LIMIT $batch
RETURN id(tie) AS tie, CASE WHEN other:User THEN 'person' WHEN other:Post THEN 'post' WHEN other:Hashtag THEN 'hashtag'
       END AS kind, CASE WHEN other:Hashtag THEN other.name ELSE other.id END AS id
