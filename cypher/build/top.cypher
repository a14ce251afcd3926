// Replaces the most liked posts of some hashtags in some months; returns how many there are now
// :param rows => head([{known: timestamp(), hashtags: [{node: 0, hashtag: 'sunset', months: [0], targets: [1], values: [0]}]}])
UNWIND $rows.hashtags AS row
MATCH (hashtag:Hashtag) WHERE id(hashtag) = row.node AND hashtag.name = row.hashtag
CALL (hashtag, row) {
  MATCH (hashtag)-[old:TOP]->() WHERE old.month IN row.months OR coalesce(old.hashtag <> row.hashtag, true)
  DELETE old
}
CALL (hashtag, row) {
  UNWIND range(0, size(row.targets) - 1) AS place
  MATCH (post:Post) WHERE id(post) = row.targets[place] AND post.knownSince <= $rows.known
  CREATE (hashtag)-[:TOP {hashtag: row.hashtag, month: row.values[place]}]->(post)
  RETURN count(*) AS tops
}
RETURN sum(tops) AS tops
