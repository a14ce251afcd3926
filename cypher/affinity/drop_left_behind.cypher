// Drops projections that were left behind: those with the prefix, and too old ones of the pattern; returns their names
// needs: affinity/project_ties
// :param prefix => 'graphfeed-ties'
// :param pattern => 'graphfeed-.*'
// :param minutes => 60
CALL gds.graph.list() YIELD graphName, creationTime
WITH graphName WHERE graphName STARTS WITH $prefix
  OR graphName =~ $pattern AND creationTime < datetime() - duration({minutes: $minutes})
CALL gds.graph.drop(graphName, false) YIELD graphName AS graph
RETURN graph
