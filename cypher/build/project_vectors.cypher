// Projects likes, authorship and follows for GDS, undirected
// :param vectorsGraph => 'graphfeed-vectors'
CALL gds.graph.project($vectorsGraph, ['User', 'Post'],
  {LIKED: {orientation: 'UNDIRECTED'}, POSTED: {orientation: 'UNDIRECTED'}, FOLLOWS: {orientation: 'UNDIRECTED'}},
  {logProgress: false, readConcurrency: 1})
  YIELD graphName, nodeCount, relationshipCount
RETURN graphName AS graph, nodeCount AS nodes, relationshipCount AS arcs
