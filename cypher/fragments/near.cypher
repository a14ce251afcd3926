// People near to me: stored by the background, or found by a short walk
MATCH (me)-[near:AFFINITY]->(author) WHERE $mine.hasAffinity
RETURN author, near.score AS affinity
UNION ALL
UNWIND $mine.near AS near
MATCH (author:User {id: near.person})
RETURN author, near.score AS affinity
