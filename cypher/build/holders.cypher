// Internal ids of the people and posts that have vectors in a slot
// :param rows => head([{slot: 'B'}])
MATCH (node:User|Post)
WHERE node['factors' + $rows.slot] IS NOT NULL OR node['fastrp' + $rows.slot] IS NOT NULL
RETURN id(node) AS node
