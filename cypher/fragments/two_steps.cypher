// Whom I follow, and which authors of what was found they follow: up to 5,000 followees, and 1,000 followers of each
CALL (me) {
  CALL (me) { MATCH (me)-[:FOLLOWS]->(followee) RETURN followee LIMIT 5000 }
  RETURN collect(followee) AS followees
}
// Who is followed by a followee: grouped by the person in between, so that no list is searched for each
CALL (found, followees) {
  CALL (found, followees) {
    UNWIND found AS one
    WITH one.author AS author WHERE author IS NOT NULL
    CALL (author) { MATCH (author)<-[:FOLLOWS]-(person) RETURN person LIMIT 1000 }
    RETURN person, author, 0 AS mine
  UNION ALL
    UNWIND followees AS person
    RETURN person, null AS author, 1 AS mine
  }
  WITH person, collect(author) AS theirs, max(mine) AS mine WHERE mine = 1
  UNWIND theirs AS author
  RETURN collect(DISTINCT author) AS second
}
