// An upper estimate of the memory that the search for clusters of hashtags takes, in bytes
// needs: build/project_related
// :param rows => head([{gamma: 1.0}])
// :param relatedGraph => 'graphfeed-related'
CALL gds.leiden.stream.estimate($relatedGraph, {relationshipWeightProperty: 'weight', gamma: $rows.gamma, concurrency: 1}) YIELD bytesMax
RETURN bytesMax AS bytes
