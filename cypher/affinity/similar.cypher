// The people whose likes are most like those of each of some, by the cosine of what they liked
// needs: affinity/project_taste
// :param tasteGraph => 'graphfeed-taste'
// :param users => ['42']
// :param keep => 200
MATCH (user:User) WHERE user.id IN $users
WITH collect(user) AS users WHERE users <> [] // GDS takes none for all
CALL gds.nodeSimilarity.filtered.stream($tasteGraph, {sourceNodeFilter: users, similarityMetric: 'COSINE', topK: $keep,
    concurrency: 2, logProgress: false}) YIELD node1, node2, similarity
WITH node1 AS user, gds.util.asNode(node2).id AS other, similarity ORDER BY user, similarity DESC, other
WITH user, collect([other, similarity]) AS nearest
RETURN gds.util.asNode(user).id AS user, nearest
