// Some of my followees, as a list: all of them for most people
CALL (me) {
  CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT $given.followees }
  RETURN collect(person) AS followees
}
