// Projects me and my followees for GDS: an edge from me to each
// :param me => '42'
// :param followeesGraph => 'graphfeed-followees'
MATCH (me:User {id: $me})
OPTIONAL MATCH (me)-[:FOLLOWS]->(followee)
WITH gds.graph.project($followeesGraph, me, followee, {}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS people, projected.relationshipCount AS arcs
