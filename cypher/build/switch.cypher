// Makes a build the current one: sets its facts, the slot of its vectors among them; no row if its builder has lost the
// lease
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{generation: 1, slot: 'A', builtAt: timestamp(), asOf: timestamp(), missing: []}])
// fragment: lease_locked
MATCH (lease:Lease {name: $lease})
SET lease.name = lease.name
WITH lease WHERE lease.owner = $owner
// end fragment
MERGE (build:Build {name: 'current'})
SET build += $rows
RETURN build.generation AS generation
