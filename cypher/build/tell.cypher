// Records the stage and progress of a builder on its lease, and the stage on the current build
// :param lease => 'build'
// :param rows => head([{stage: 'lists', done: 1, total: 2, left: 120.5}])
OPTIONAL MATCH (lease:Lease {name: $lease})
SET lease.stage = $rows.stage, lease.stageDone = $rows.done, lease.stageTotal = $rows.total, lease.stageLeft = $rows.left
WITH lease
OPTIONAL MATCH (build:Build {name: 'current'})
SET build.building = $rows.stage
