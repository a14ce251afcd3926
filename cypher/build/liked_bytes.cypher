// An upper estimate of the memory that the search for hashtags that the same people like takes, in bytes
// needs: build/project_tastes
// :param rows => head([{fans: 3, nearest: 30, least: 0.15}])
// :param tastesGraph => 'graphfeed-tastes'
CALL gds.nodeSimilarity.stream.estimate($tastesGraph, {topK: $rows.nearest, degreeCutoff: $rows.fans, similarityCutoff: $rows.least,
  similarityMetric: 'COSINE', relationshipWeightProperty: 'weight'}) YIELD bytesMax
RETURN bytesMax AS bytes
