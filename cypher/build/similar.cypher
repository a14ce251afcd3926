// Replaces the arcs of some posts to similar posts of any age, all of a post at once; returns how many there are now
// :param rows => head([{known: timestamp(), posts: [{node: 0, targets: [1], values: [0.2]}]}])
UNWIND $rows.posts AS row
MATCH (post:Post) WHERE id(post) = row.node AND post.knownSince <= $rows.known
CALL (post) {
  MATCH (post)-[old:SIMILAR]->()
  DELETE old
}
CALL (post, row) {
  UNWIND range(0, size(row.targets) - 1) AS place
  MATCH (other:Post) WHERE id(other) = row.targets[place] AND other.knownSince <= $rows.known
  CREATE (post)-[:SIMILAR {weight: row.values[place]}]->(other)
  RETURN count(*) AS arcs
}
RETURN sum(arcs) AS arcs
