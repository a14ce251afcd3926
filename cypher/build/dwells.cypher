// Posts with the number of their views that tell how long they took, and the sum of the logarithms of these times
MATCH (post:Post)<-[view:VIEWED]-(person) WHERE view.dwellMs > 0 AND NOT coalesce(person.likesForSelf <> false, false)
RETURN id(post) AS node, count(*) AS views, sum(log(view.dwellMs)) AS logs
