// The most liked posts of all by month, and the rising ones, unordered
MATCH (:Build {name: 'current'})-[top:TOP|RISING]->(post)
RETURN id(post) AS target, top.month AS month
