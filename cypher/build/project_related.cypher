// Projects for GDS the hashtags that the same people use: each pair once; two that are among the nearest of each other
// count twice
// needs: build/related
// :param rows => head([{arcs: 200000}])
// :param relatedGraph => 'graphfeed-related'
CALL () { MATCH (hashtag:Hashtag)-[arc:RELATED_TO]->(other:Hashtag) RETURN hashtag, arc, other LIMIT $rows.arcs }
WITH CASE WHEN id(hashtag) < id(other) THEN hashtag ELSE other END AS one, CASE WHEN id(hashtag) < id(other) THEN other ELSE hashtag END AS two,
  sum(coalesce(toFloatOrNull(arc.weight), 0.0)) AS weight
WHERE one <> two AND weight > 0
WITH one, two, weight ORDER BY id(one), id(two) // so that the same graph gives the same topics
WITH gds.graph.project($relatedGraph, one, two, {relationshipProperties: {weight: weight}}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS nodes, projected.relationshipCount AS arcs
