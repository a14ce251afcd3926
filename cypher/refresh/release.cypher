// Gives the lease of a kind of background work back
// :param lease => 'refresh'
// :param owner => 'me'
MATCH (lease:Lease {name: $lease, owner: $owner})
DELETE lease
RETURN count(*) AS released
