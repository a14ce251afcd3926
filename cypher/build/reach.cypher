// Sets how many people some posts were shown to, in all and by each source; null removes it; returns how many posts
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{known: timestamp(), posts: [{node: 0, shown: 12, sources: ['followees'], people: [12]}]}])
MATCH (:Lease {name: $lease, owner: $owner})
UNWIND $rows.posts AS row
MATCH (post:Post) WHERE id(post) = row.node AND post.knownSince <= $rows.known
SET post.shown = row.shown, post.shownBy = row.sources, post.shownTo = row.people
RETURN count(*) AS posts
