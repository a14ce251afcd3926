// My lease, locked, so that nobody takes it meanwhile; no row if I have lost it
MATCH (lease:Lease {name: $lease})
SET lease.name = lease.name
WITH lease WHERE lease.owner = $owner
