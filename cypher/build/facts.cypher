// Notes facts of the build that serves
// :param rows => head([{affinityAt: timestamp()}])
MATCH (build:Build {name: 'current'})
SET build += $rows
