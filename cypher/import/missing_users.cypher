// Makes the people with these ids that the graph lacks
// :param ids => ['new']
UNWIND $ids AS id
MERGE (:User {id: id})
