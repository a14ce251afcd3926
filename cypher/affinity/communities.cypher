// The community of each person, by Leiden's algorithm (Traag et al. 2019) on the weighted ties
// needs: affinity/project_ties
// :param tiesGraph => 'graphfeed-ties'
CALL gds.graph.list($tiesGraph) YIELD relationshipCount
WITH relationshipCount WHERE relationshipCount > 0 // without any, the library fails
CALL gds.leiden.stream($tiesGraph, {relationshipWeightProperty: 'tie', concurrency: 1, randomSeed: 42, logProgress: false})
  YIELD nodeId, communityId
RETURN nodeId AS node, communityId AS community
