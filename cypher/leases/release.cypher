// Releases the lease of a kind of background work
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
MATCH (lease:Lease {name: $lease, owner: $owner})
DELETE lease
RETURN count(*) AS released
