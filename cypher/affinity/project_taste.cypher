// Projects who liked what for GDS
// :param tasteGraph => 'graphfeed-taste'
CALL gds.graph.project($tasteGraph, ['User', 'Post'], 'LIKED') YIELD graphName, nodeCount, relationshipCount
RETURN graphName AS graph, nodeCount AS nodes, relationshipCount AS likes
