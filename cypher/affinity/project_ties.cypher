// Projects who is tied to whom for GDS: an edge for a follow either way, as heavy as affinity/weigh found it
// :param tiesGraph => 'graphfeed-ties'
CALL gds.graph.project($tiesGraph, 'User',
  {FOLLOWS: {orientation: 'UNDIRECTED', properties: {tie: {defaultValue: 1.0, aggregation: 'MAX'}}}},
  {logProgress: false, readConcurrency: 1})
  YIELD graphName, nodeCount, relationshipCount
RETURN graphName AS graph, nodeCount AS people, relationshipCount AS arcs
