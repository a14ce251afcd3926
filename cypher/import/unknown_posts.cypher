// Which of these ids are no post's
// :param ids => ['new']
UNWIND $ids AS id
WITH id WHERE NOT EXISTS { (:Post {id: id}) }
RETURN id
