// Notes of people whom no build has read yet that this one does, some at a time: who is deleted and made anew lacks the
// note, so nothing that was computed for the one before is written for them
// :param rows => head([{known: timestamp(), most: 10000}])
MATCH (user:User) WHERE user.knownSince IS NULL
WITH user LIMIT $rows.most
SET user.knownSince = $rows.known
RETURN count(*) AS people
