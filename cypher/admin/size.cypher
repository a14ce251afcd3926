// Counts of people and posts, and of likes, follows and authorships, from Neo4j's own counters
RETURN COUNT { (:User) } + COUNT { (:Post) } AS nodes,
       COUNT { ()-[:LIKED]->() } + COUNT { ()-[:FOLLOWS]->() } + COUNT { ()-[:POSTED]->() } AS relationships
