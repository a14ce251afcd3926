// Drops projections that were left behind: of names that begin so all, and of ours those that are too old; which ones
// needs: affinity/project_ties
// :param prefix => 'graphfeed-taste'
// :param pattern => 'graphfeed-.*'
// :param minutes => 60
CALL gds.graph.list() YIELD graphName, creationTime
WITH graphName WHERE graphName STARTS WITH $prefix
  OR graphName =~ $pattern AND creationTime < datetime() - duration({minutes: $minutes})
CALL gds.graph.drop(graphName, false) YIELD graphName AS graph
RETURN graph
