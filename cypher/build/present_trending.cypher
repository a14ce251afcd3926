// The posts of the last list of what trends that a feed reads, in their order
MATCH (list:TrendingList)
WITH list ORDER BY list.builtAt DESC LIMIT 1
MATCH (list)-[row:TRENDING]->(post) WHERE row.place < 50
RETURN id(post) AS node ORDER BY row.place, post.id
