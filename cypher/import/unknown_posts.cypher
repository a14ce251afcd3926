// The given ids that no post has
// :param ids => ['new']
UNWIND $ids AS id
WITH id WHERE NOT EXISTS { (:Post {id: id}) }
RETURN id
