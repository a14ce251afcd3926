// Drops projections; unknown names are ignored
// :param graphs => ['graphfeed-followees', 'graphfeed-friends', 'graphfeed-ties', 'graphfeed-vectors']
UNWIND $graphs AS graph
CALL gds.graph.drop(graph, false) YIELD graphName
RETURN graphName AS graph
