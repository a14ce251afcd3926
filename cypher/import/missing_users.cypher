// Makes the people with these ids that the graph lacks
// :param ids => ['42']
UNWIND $ids AS id
MERGE (:User {id: id})
