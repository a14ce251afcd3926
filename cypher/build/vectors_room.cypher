// The nodes of the projection of vectors, the bytes that it takes at most, and those of the largest heap of the server
CALL gds.graph.project.estimate(['User', 'Post'],
  {LIKED: {orientation: 'UNDIRECTED'}, POSTED: {orientation: 'UNDIRECTED'}, FOLLOWS: {orientation: 'UNDIRECTED'}})
  YIELD bytesMax, nodeCount
CALL gds.debug.sysInfo() YIELD key, value WHERE key = 'heapMaxInBytes'
RETURN nodeCount AS nodes, bytesMax AS projection, toInteger(value) AS heap
