// Projects for GDS who likes some hashtags, by internal ids, with how much
// :param rows => head([{hashtags: [1], people: [[0]], weights: [[1.2]]}])
// :param tastesGraph => 'graphfeed-tastes'
UNWIND range(0, size($rows.hashtags) - 1) AS place
WITH $rows.hashtags[place] AS hashtag, $rows.people[place] AS people, $rows.weights[place] AS weights
UNWIND range(0, size(people) - 1) AS person
WITH gds.graph.project($tastesGraph, hashtag, people[person], {relationshipProperties: {weight: weights[person]}}) AS projected
RETURN projected.graphName AS graph, projected.nodeCount AS nodes, projected.relationshipCount AS arcs
