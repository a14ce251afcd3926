// Sets how many people some posts were shown to, in all and by each source; null removes it; returns how many posts.
// Impressions, and the likes among them, never fall: of slates that are gone, these are what is left
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{known: timestamp(), posts: [{node: 0, shown: 12, sources: ['followees'], people: [12], impressions: 15, likes: 2}]}])
MATCH (:Lease {name: $lease, owner: $owner})
UNWIND $rows.posts AS row
MATCH (post:Post) WHERE id(post) = row.node AND post.knownSince <= $rows.known
SET post.shown = row.shown, post.shownBy = row.sources, post.shownTo = row.people,
  post.impressions = row.impressions, post.impressionLikes = row.likes
RETURN count(*) AS posts
