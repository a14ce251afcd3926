// Deletes topics that are none any more, with their ties, a batch of each at a time; returns how many ties there were
// at most
// :param rows => head([{topics: ['topic-1'], batch: 2000}])
UNWIND $rows.topics AS id
MATCH (topic:Topic {id: id})
CALL (topic) {
  MATCH (topic)-[tie]-()
  WITH tie LIMIT $rows.batch
  DELETE tie
  RETURN count(*) AS ties
}
FOREACH (_ IN CASE WHEN ties < $rows.batch THEN [1] ELSE [] END | DETACH DELETE topic)
RETURN max(ties) AS ties
