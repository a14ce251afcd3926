// Internal ids of the people, posts and hashtags that have vectors in a slot
// :param rows => head([{slot: 'B'}])
MATCH (node:User|Post|Hashtag)
WHERE node['factors' + $rows.slot] IS NOT NULL OR node['fastrp' + $rows.slot] IS NOT NULL OR node['content' + $rows.slot] IS NOT NULL
RETURN id(node) AS node
