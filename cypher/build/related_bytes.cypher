// An upper estimate of the memory that the search for related hashtags takes, in bytes
// needs: build/project_uses
// :param rows => head([{people: 3, posts: 10000, nearest: 30}])
// :param usesGraph => 'graphfeed-uses'
CALL gds.nodeSimilarity.stream.estimate($usesGraph, {topK: $rows.nearest, degreeCutoff: $rows.people, upperDegreeCutoff: $rows.posts})
  YIELD bytesMax
RETURN bytesMax AS bytes
