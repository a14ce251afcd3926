// An upper estimate of the memory that FastRP takes for vectors of a size, in bytes
// needs: build/project_vectors
// :param vectorsGraph => 'graphfeed-vectors'
// :param size => 256
// :param iterationWeights => [0.0, 1.0, 1.0, 1.0]
CALL gds.fastRP.stream.estimate($vectorsGraph, {embeddingDimension: $size, iterationWeights: $iterationWeights})
  YIELD bytesMax, nodeCount
RETURN bytesMax AS bytes, nodeCount AS nodes
