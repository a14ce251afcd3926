// Some posts that I liked, saved, shared or want more like, each with the type of the act
CALL (me) {
  CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $given.likes }
  RETURN liked, type(act) AS type
UNION ALL
  CALL (me) { MATCH (me)-[:LIKED]->(liked) RETURN liked LIMIT $given.likes }
  RETURN liked, 'LIKED' AS type
}
