// Lets a build be the one that serves: its facts, the vectors' slot among them
// :param rows => head([{generation: 1, slot: 'A', builtAt: timestamp(), asOf: timestamp(), missing: []}])
MERGE (build:Build {name: 'current'})
SET build += $rows
RETURN build.generation AS generation
