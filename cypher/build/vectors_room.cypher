// Nodes of the projection for vectors, an upper estimate of its bytes, and the server's maximum heap in bytes
CALL gds.graph.project.estimate(['User', 'Post'],
  {LIKED: {orientation: 'UNDIRECTED'}, POSTED: {orientation: 'UNDIRECTED'}, FOLLOWS: {orientation: 'UNDIRECTED'}})
  YIELD bytesMax, nodeCount
CALL gds.debug.sysInfo() YIELD key, value WHERE key = 'heapMaxInBytes'
RETURN nodeCount AS nodes, bytesMax AS projection, toInteger(value) AS heap
