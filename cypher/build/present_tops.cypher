// The most liked posts of all by month, and the rising ones, unordered
MATCH (:Build {name: 'current'})-[top:TOP|RISING]->(post)
RETURN id(post) AS target, CASE WHEN type(top) = 'RISING' THEN null WHEN top.hashtag = '' THEN top.month ELSE -1 END AS month // see build/arcs_top
