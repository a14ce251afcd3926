// Renews the lease of a kind of background work if its owner still has it; returns how many
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param until => timestamp() + 60000
// fragment: lease_locked
MATCH (lease:Lease {name: $lease})
SET lease.name = lease.name
WITH lease WHERE lease.owner = $owner
// end fragment
SET lease.until = $until
RETURN count(*) AS renewed
