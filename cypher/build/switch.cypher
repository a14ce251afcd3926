// Makes a build the current one: sets its facts, the slot of its vectors among them
// :param rows => head([{generation: 1, slot: 'A', builtAt: timestamp(), asOf: timestamp(), missing: []}])
MERGE (build:Build {name: 'current'})
SET build += $rows
RETURN build.generation AS generation
