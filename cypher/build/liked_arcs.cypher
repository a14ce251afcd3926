// Pairs of hashtags by the cosine of how much each person likes posts with them, each with the nearest ones
// needs: build/project_tastes
// :param rows => head([{fans: 3, nearest: 30, least: 0.15}])
// :param tastesGraph => 'graphfeed-tastes'
CALL gds.nodeSimilarity.stream($tastesGraph, {topK: $rows.nearest, degreeCutoff: $rows.fans, similarityCutoff: $rows.least,
  similarityMetric: 'COSINE', relationshipWeightProperty: 'weight', concurrency: 1, logProgress: false}) YIELD node1, node2, similarity
RETURN node1 AS source, node2 AS target, similarity AS weight
