// Internal ids of the people and posts that no build has read yet
MATCH (node:User|Post) WHERE node.knownSince IS NULL
RETURN id(node) AS node
