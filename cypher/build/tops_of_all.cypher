// Replaces the most liked posts of all by month, 0 for all time; returns how many there are now
// needs: build/switch
// :param rows => head([{known: timestamp(), targets: [1, 2], months: [0, 202405]}])
MATCH (build:Build {name: 'current'})
CALL (build) {
  MATCH (build)-[old:TOP]->()
  DELETE old
}
UNWIND range(0, size($rows.targets) - 1) AS place
MATCH (post:Post) WHERE id(post) = $rows.targets[place] AND post.knownSince <= $rows.known
CREATE (build)-[:TOP {hashtag: '', month: $rows.months[place]}]->(post)
RETURN count(*) AS tops
