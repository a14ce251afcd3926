// Sets facts on the current build
// :param rows => head([{affinityAt: timestamp()}])
MATCH (build:Build {name: 'current'})
SET build += $rows
