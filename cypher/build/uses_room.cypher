// An upper estimate of the bytes of a projection of so many uses of hashtags, and the server's maximum heap in bytes
// :param rows => head([{nodes: 100, uses: 1000}])
CALL gds.graph.project.estimate('*', '*', {nodeCount: $rows.nodes, relationshipCount: $rows.uses}) YIELD bytesMax
CALL gds.debug.sysInfo() YIELD key, value WHERE key = 'heapMaxInBytes'
RETURN bytesMax AS bytes, toInteger(value) AS heap
