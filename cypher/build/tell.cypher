// Notes the stage that a builder has reached, and how far, on its lease and on the build that serves
// :param lease => 'build'
// :param rows => head([{stage: 'lists', done: 1, total: 2, left: 120.5}])
OPTIONAL MATCH (lease:Lease {name: $lease})
SET lease.stage = $rows.stage, lease.stageDone = $rows.done, lease.stageTotal = $rows.total, lease.stageLeft = $rows.left
WITH lease
OPTIONAL MATCH (build:Build {name: 'current'})
SET build.building = $rows.stage
