// Creates the people with the given ids that the graph lacks
// :param ids => ['new']
UNWIND $ids AS id
MERGE (:User {id: id})
