// Notes the number of likes that some people's factors were made from, unless their likes changed since they were read;
// returns how many
// :param rows => head([{known: timestamp(), nodes: [0], before: [null], likes: [3]}])
UNWIND range(0, size($rows.nodes) - 1) AS place
MATCH (user:User) WHERE id(user) = $rows.nodes[place] AND user.knownSince <= $rows.known AND NOT coalesce(user.notProfiled <> false, false)
  AND coalesce(user.factorsLikes = $rows.before[place], user.factorsLikes IS NULL AND $rows.before[place] IS NULL)
SET user.factorsLikes = $rows.likes[place]
RETURN count(*) AS people
