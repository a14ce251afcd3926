// FastRP vectors of people and posts: nodes that are close in the graph have similar vectors
// needs: build/project_vectors
// :param vectorsGraph => 'graphfeed-vectors'
// :param size => 256
// :param iterationWeights => [0.0, 1.0, 1.0, 1.0]
// :param normalization => -0.5
CALL gds.fastRP.stream($vectorsGraph, {embeddingDimension: $size, iterationWeights: $iterationWeights,
    normalizationStrength: $normalization, randomSeed: 42, concurrency: 1, logProgress: false}) YIELD nodeId, embedding
RETURN nodeId AS node, embedding AS vector
