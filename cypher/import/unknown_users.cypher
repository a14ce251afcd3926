// The given ids that no person has
// :param ids => ['new']
UNWIND $ids AS id
WITH id WHERE NOT EXISTS { (:User {id: id}) }
RETURN id
