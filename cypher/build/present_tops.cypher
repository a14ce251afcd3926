// The most liked posts of all by month, unordered
MATCH (:Build {name: 'current'})-[top:TOP]->(post)
RETURN id(post) AS target, CASE top.hashtag WHEN '' THEN top.month ELSE -1 END AS month // see build/arcs_top
