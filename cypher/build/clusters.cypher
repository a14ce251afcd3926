// The cluster of each related hashtag, by Leiden's algorithm (Traag et al. 2019) on the weights of the pairs
// needs: build/project_related
// :param rows => head([{gamma: 1.0}])
// :param relatedGraph => 'graphfeed-related'
CALL gds.graph.list($relatedGraph) YIELD relationshipCount
WITH relationshipCount WHERE relationshipCount > 0 // without any, the library fails
CALL gds.leiden.stream($relatedGraph, {relationshipWeightProperty: 'weight', gamma: $rows.gamma, concurrency: 1, randomSeed: 42, logProgress: false})
  YIELD nodeId, communityId
RETURN nodeId AS node, communityId AS cluster
