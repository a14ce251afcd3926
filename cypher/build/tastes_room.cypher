// An upper estimate of the bytes of a projection of so many tastes of people, and the server's maximum heap in bytes
// :param rows => head([{nodes: 100, tastes: 1000}])
CALL gds.graph.project.estimate('*', {ALL: {type: '*', properties: 'weight'}}, {nodeCount: $rows.nodes, relationshipCount: $rows.tastes})
  YIELD bytesMax
CALL gds.debug.sysInfo() YIELD key, value WHERE key = 'heapMaxInBytes'
RETURN bytesMax AS bytes, toInteger(value) AS heap
