// Takes the lease of a kind of background work, unless another owner has it; returns the owner and the expiry
// :param lease => 'build'
// :param owner => 'me'
// :param recordedAt => timestamp()
// :param until => timestamp() + 60000
MERGE (lease:Lease {name: $lease})
SET lease.name = lease.name // locks it, so that only one of two owners gets it
WITH lease, coalesce(lease.owner = $owner OR lease.until <= $recordedAt, true) AS free
SET lease.owner = CASE WHEN free THEN $owner ELSE lease.owner END,
    lease.until = CASE WHEN free THEN $until ELSE lease.until END
RETURN lease.owner AS owner, lease.until AS until
