// Adds a list of what trends, and removes those before the last; returns how many posts are in it
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{known: timestamp(), facts: {builtAt: timestamp(), asOf: timestamp(), byPosts: false, size: 1}, entries: [{post: 0, place: 0, likers: 12, now: 38, usual: 3.0, hashtag: 'sunset', about: []}]}])
MATCH (:Lease {name: $lease, owner: $owner})
CALL () {
  MATCH (list:TrendingList)
  WITH list ORDER BY list.builtAt DESC SKIP 1
  DETACH DELETE list
}
CREATE (list:TrendingList)
SET list = $rows.facts
WITH list
UNWIND $rows.entries AS entry
MATCH (post:Post) WHERE id(post) = entry.post AND post.knownSince <= $rows.known
CREATE (list)-[row:TRENDING]->(post)
SET row = entry {.place, .likers, .now, .usual, .hashtag, .about}
RETURN count(*) AS posts
