// Counts of people, posts and likes, and the highest internal id
MATCH (node)
WITH coalesce(max(id(node)), -1) AS highest
RETURN COUNT { (:User) } AS people, COUNT { (:Post) } AS posts, COUNT { ()-[:LIKED]->() } AS likes, highest
