// Who viewed each post, of very many those that the store gives first
// :param now => timestamp()
// :param views => 1000
MATCH (post:Post) WHERE EXISTS { (post)<-[:VIEWED]-() }
CALL (post) {
  CALL (post) { MATCH (post)<-[view:VIEWED]-(person) RETURN view, person LIMIT $views }
  WITH person WHERE coalesce(view.at <= $now, true)
  RETURN collect(DISTINCT id(person)) AS people
}
RETURN id(post) AS node, people
