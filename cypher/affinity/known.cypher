// Records that this build is the first to read some people: one deleted and created again lacks the record, so nothing
// computed for the earlier person is written for them
// :param rows => head([{known: timestamp(), most: 10000}])
MATCH (user:User) WHERE user.knownSince IS NULL
WITH user LIMIT $rows.most
SET user.knownSince = $rows.known
RETURN count(*) AS people
