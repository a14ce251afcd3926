// Pairs of hashtags by the share of the people who use either that use both (Jaccard), each with the nearest ones, and
// how many use both
// needs: build/project_uses
// :param rows => head([{people: 3, posts: 10000, nearest: 30}])
// :param usesGraph => 'graphfeed-uses'
CALL gds.nodeSimilarity.stream($usesGraph, {topK: $rows.nearest, degreeCutoff: $rows.people, upperDegreeCutoff: $rows.posts,
  concurrency: 1, logProgress: false}) YIELD node1, node2, similarity
WITH node1, node2, similarity,
  gds.util.nodeProperty($usesGraph, node1, 'users') + gds.util.nodeProperty($usesGraph, node2, 'users') AS users
// Of the users of both and of either only the share is told: their sum is the users of the one and of the other
RETURN node1 AS source, node2 AS target, similarity AS weight, toInteger(round(similarity * users / (1 + similarity))) AS both
