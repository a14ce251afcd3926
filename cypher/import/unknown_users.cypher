// Which of these ids are no person's
// :param ids => ['new']
UNWIND $ids AS id
WITH id WHERE NOT EXISTS { (:User {id: id}) }
RETURN id
