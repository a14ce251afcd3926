// The people nearest to each of some, by personalized PageRank, which random walks with restarts estimate
// needs: affinity/project_affinity
// :param affinityGraph => 'graphfeed-affinity'
// :param users => ['42']
// :param walks => 600
// :param steps => 5
// :param damping => 0.85
// :param keep => 200
MATCH (user:User) WHERE user.id IN $users
WITH collect(user) AS users WHERE users <> [] // GDS takes none for all
CALL gds.randomWalk.stream($affinityGraph, {sourceNodes: users, walksPerNode: $walks, walkLength: $steps + 1,
    relationshipWeightProperty: 'weight', concurrency: 1, randomSeed: 42, logProgress: false}) YIELD nodeIds
UNWIND range(1, size(nodeIds) - 1) AS step
WITH nodeIds[0] AS user, nodeIds[step] AS other, sum((1 - $damping) * $damping ^ step) / $walks AS score
WHERE other <> user
WITH user, gds.util.asNode(other).id AS other, score ORDER BY user, score DESC, other
WITH user, collect([other, score])[..$keep] AS nearest
RETURN gds.util.asNode(user).id AS user, nearest
