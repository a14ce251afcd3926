// Drops projections; a name that is none's is no error
// :param graphs => ['graphfeed-followees', 'graphfeed-friends']
UNWIND $graphs AS graph
CALL gds.graph.drop(graph, false) YIELD graphName
RETURN graphName AS graph
