// Drops projections; a name that is none's is no error
// :param graphs => ['graphfeed-followees', 'graphfeed-friends', 'graphfeed-ties', 'graphfeed-vectors']
UNWIND $graphs AS graph
CALL gds.graph.drop(graph, false) YIELD graphName
RETURN graphName AS graph
