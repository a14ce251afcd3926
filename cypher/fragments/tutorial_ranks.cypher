// The people of a projection, each with their share of the PageRank
  YIELD nodeId, score
WITH me, collect({person: gds.util.asNode(nodeId), score: score}) AS ranks, sum(score) AS total
UNWIND ranks AS rank
WITH me, rank.person AS author, rank.score / total AS pageRank
