// Records the stage and progress of a builder on its lease
// needs: leases/take
// :param lease => 'build'
// :param owner => 'me'
// :param rows => head([{stage: 'lists', done: 1, total: 2, left: 120.5}])
MATCH (lease:Lease {name: $lease, owner: $owner})
SET lease.stage = $rows.stage, lease.stageDone = $rows.done, lease.stageTotal = $rows.total, lease.stageLeft = $rows.left
