// All people of the projection, each with the sum of their ties' weights
// needs: affinity/project_ties
// :param tiesGraph => 'graphfeed-ties'
CALL gds.degree.stream($tiesGraph, {relationshipWeightProperty: 'tie', concurrency: 1, logProgress: false})
  YIELD nodeId, score
RETURN nodeId AS node, score AS strength
