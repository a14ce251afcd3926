// Projects follows for GDS, undirected, with the weights that affinity/weigh wrote
// :param tiesGraph => 'graphfeed-ties'
CALL gds.graph.project($tiesGraph, 'User',
  {FOLLOWS: {orientation: 'UNDIRECTED', properties: {tie: {defaultValue: 1.0, aggregation: 'MAX'}}}},
  {logProgress: false, readConcurrency: 1})
  YIELD graphName, nodeCount, relationshipCount
RETURN graphName AS graph, nodeCount AS people, relationshipCount AS arcs
