// Adds or replaces vectors of posts' pictures, each with the name of its model
// :param rows => [{place: 0, post: '1', model: 'efficientnet-lite0', vector: '1.0' + reduce(rest = '', i IN range(2, 256) | rest + ';0.0'), numbers: 'fwAA'}]
UNWIND $rows AS row
MATCH (post:Post {id: row.post})
WITH row, post, [number IN split(row.vector, ';') | toFloat(number)] AS vector, post.picture IS NULL AS isNew
WITH row, post, vector, isNew, isNew OR coalesce(post.pictureModel <> row.model, true)
  OR coalesce(post.pictureBytes <> row.numbers, true) OR NOT post.picture IS :: LIST<FLOAT NOT NULL> NOT NULL
  OR any(place IN range(0, size(vector) - 1) WHERE coalesce(abs(post.picture[place] - vector[place]) > 1e-6, true)) AS changes
CALL (row, post, vector, changes) {
  WITH row, post, vector WHERE changes
  CALL db.create.setNodeVectorProperty(post, 'picture', vector)
  SET post.pictureModel = row.model, post.pictureBytes = row.numbers
}
RETURN count(*) AS rows, count(CASE WHEN isNew THEN 1 END) AS created, count(CASE WHEN changes AND NOT isNew THEN 1 END) AS updated
