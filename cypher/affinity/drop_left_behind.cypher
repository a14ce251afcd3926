// Drops the projections whose names begin so, of somebody who was killed before dropping them; which ones
// needs: affinity/project_taste
// :param prefix => 'graphfeed-taste'
CALL gds.graph.list() YIELD graphName
WITH graphName WHERE graphName STARTS WITH $prefix
CALL gds.graph.drop(graphName, false) YIELD graphName AS graph
RETURN graph
