// Stores the communities of some people, unless they came after the build began; returns how many changed
// :param rows => head([{known: timestamp(), nodes: [0], communities: [0]}])
UNWIND range(0, size($rows.nodes) - 1) AS place
MATCH (user:User) WHERE id(user) = $rows.nodes[place] AND user.knownSince <= $rows.known AND NOT coalesce(user.notProfiled <> false, false)
  AND coalesce(user.community <> $rows.communities[place], true)
SET user.community = $rows.communities[place]
RETURN count(*) AS people
